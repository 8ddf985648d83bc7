import type { Changes } from '../changes/create-changes.js';
import { AppError } from '../kernel/app-error.js';
import { type Clock, DAY_MS, MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Cursors } from '../mirror/cursors.js';
import { nextInstant } from '../projection/schedule.js';
import type { Runs } from '../reconciliation/runs.js';
import type { SubscriptionRows } from '../subscriptions/subscriptions-store.js';
import type { IntegrationRow } from '../tenancy/types.js';

/** One recurring job: short, repeatable, and only noting work that owners do (law L13). */
export interface Job {
  readonly name: string;
  /** As Agenda takes it. */
  readonly every: string;
  run(): Promise<void>;
}

export interface JobDeps {
  readonly runs: Runs;
  readonly cursors: Cursors;
  readonly changes: Changes;
  readonly subscriptionRows: SubscriptionRows;
  readonly clock: Clock;
  readonly log: Log;
  /** Held takings that nobody decided on in time count as refused (law L12). */
  expireHeld(): Promise<number>;
  dueIntegrations(now: Date): Promise<readonly IntegrationRow[]>;
  connectedIntegrations(): Promise<readonly IntegrationRow[]>;
  /** Deletes history beyond its time within the bound; answers how much of what. */
  pruneHistory(withinMs: number): Promise<Readonly<Record<string, number>>>;
  moveNextSync(move: { enterpriseId: string; seen: Date; next: Date | null }): Promise<IntegrationRow | null>;
}

type DueDeps = Omit<JobDeps, 'pruneHistory'>;

/** Subscriptions that end within this time are renewed whatever their own plan says. */
const RENEW_WITHIN_MS = 7 * DAY_MS;

/** Leaves the other half of the 5 s of a handler to a batch that is slow. */
const PRUNE_WITHIN_MS = 2_500;

/** Everything that runs on a schedule, in one table. */
export function jobTable(deps: JobDeps): readonly Job[] {
  const { clock } = deps;
  return [
    { name: 'reconcile-due', every: '15 seconds', run: () => reconcileDue(deps) },
    {
      name: 'renew-subscriptions',
      every: '5 minutes',
      run: async () => {
        const asked = await deps.subscriptionRows.askRenewal(new Date(clock.nowMs() + RENEW_WITHIN_MS), clock.now());
        if (asked > 0) deps.log.info({ event: 'renewal.asked', asked }, 'renewals asked for');
      },
    },
    {
      name: 'catch-up',
      every: '5 minutes',
      run: async () => {
        for (const { tenantId } of await deps.connectedIntegrations())
          if (tenantId) await deps.cursors.ask(tenantId, clock.now());
      },
    },
    {
      name: 'prune',
      every: '10 minutes',
      run: async () => {
        const tenants = (await deps.connectedIntegrations()).flatMap(({ tenantId }) => tenantId ?? []);
        const notedBefore = new Date(clock.nowMs() - 10 * MINUTE_MS);
        const closed = await deps.changes.closeForeign({ connectedTenantIds: tenants, notedBefore });
        if (closed > 0) deps.log.info({ event: 'prune.closed', closed }, 'changes of foreign tenants closed');
        const refused = await deps.expireHeld();
        if (refused > 0) deps.log.info({ event: 'prune.refused', refused }, 'held takings count as refused');
        const pruned = await deps.pruneHistory(PRUNE_WITHIN_MS);
        const some = Object.values(pruned).some((count) => count > 0);
        if (some) deps.log.info({ event: 'prune.history', ...pruned }, 'old history deleted');
      },
    },
  ];
}

/**
 * Starts the runs that are due. The instant is taken by moving `nextSyncAt` from the value that was seen, so that of
 * any number of processes one starts the run; several missed instants become one run.
 */
export async function reconcileDue(deps: DueDeps): Promise<void> {
  const now = deps.clock.now();
  for (const integration of await deps.dueIntegrations(now)) await startDue(deps, integration, now);
}

async function startDue(deps: DueDeps, integration: IntegrationRow, now: Date): Promise<void> {
  const { _id: enterpriseId, nextSyncAt: seen, revision, settings } = integration;
  if (!seen) return;
  const [open] = (await deps.runs.pending(enterpriseId)).filter(({ dry }) => !dry);
  // An open run that works with older settings is followed by this one: it stays due until that has ended.
  if (open?.revision && open.revision < revision) return;
  const taken = await deps.moveNextSync({ enterpriseId, seen, next: nextInstant(settings, now) });
  if (!taken) return;
  try {
    const request = {
      enterpriseId,
      trigger: 'scheduled',
      requestedBy: 'schedule',
      dry: false,
      scheduledFor: seen,
    } as const;
    const { alreadyRunning } = await deps.runs.request(request);
    if (!alreadyRunning) return;
    const message = 'Another run was under way at that time.';
    await deps.runs.recordSkipped(taken, seen, { code: 'already_running', message });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await deps.runs.recordSkipped(taken, seen, error);
  }
}
