import { DateTime } from 'luxon';
import type { Changes } from '../changes/create-changes.js';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Calendars } from '../mirror/calendars-store.js';
import type { Cursors } from '../mirror/cursors.js';
import type { LeaveTenant } from '../reconciliation/calendars/leave-tenant.js';
import { type DueRunsDeps, startDueRuns } from '../reconciliation/due-runs.js';
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

export interface JobDeps extends DueRunsDeps {
  readonly runs: Runs;
  readonly cursors: Cursors;
  readonly changes: Changes;
  readonly calendars: Pick<Calendars, 'spread'>;
  readonly subscriptionRows: SubscriptionRows;
  readonly clock: Clock;
  readonly log: Log;
  /** What was chosen to be cancelled with a disconnection. */
  readonly leaveTenant: Pick<LeaveTenant, 'finish'>;
  /** Held takings that nobody decided on in time count as refused (law L12). */
  expireHeld(): Promise<number>;
  /** Notes that it has to be found out what there is to tell administrators. */
  askNotices(): Promise<void>;
  connectedIntegrations(): Promise<readonly IntegrationRow[]>;
  /** Deletes history beyond its time within the bound; answers how much of what. */
  pruneHistory(withinMs: number): Promise<Readonly<Record<string, number>>>;
}

/** Subscriptions that end within this time are renewed whatever their own plan says. */
const RENEW_WITHIN_MS = 7 * DAY_MS;
/** Subscriptions to mailboxes live 7 days in all. */
const RENEW_MAILBOXES_WITHIN_MS = 2 * DAY_MS;
/** With the event they live a day. */
const RENEW_RICH_WITHIN_MS = 6 * HOUR_MS;

/** Windows of calendars roll from one in the morning on, over this time, where the enterprise is. */
const NIGHT_HOUR = 1;
const NIGHT_MS = 4 * HOUR_MS;

function isNight(nowMs: number, zone: string): boolean {
  return DateTime.fromMillis(nowMs, { zone }).hour === NIGHT_HOUR;
}

/** Leaves the other half of the 5 s of a handler to a batch that is slow. */
const PRUNE_WITHIN_MS = 2_500;
const LEFT_WITHIN_MS = 2_500;

/** Everything that runs on a schedule, in one table. */
export function jobTable(deps: JobDeps): readonly Job[] {
  const { clock } = deps;
  return [
    {
      name: 'reconcile-due',
      every: '15 seconds',
      run: async () => {
        await deps.runs.endAbandoned();
        await startDueRuns(deps);
        const cancelled = await deps.leaveTenant.finish(LEFT_WITHIN_MS);
        if (cancelled > 0) deps.log.info({ event: 'disconnected.cancelled', cancelled }, 'activities cancelled');
      },
    },
    {
      name: 'renew-subscriptions',
      every: '5 minutes',
      run: () => askRenewals(deps),
    },
    {
      name: 'catch-up',
      every: '5 minutes',
      run: () => askCatchUp(deps),
    },
    {
      name: 'calendar-nightly',
      every: '1 hour',
      run: () => rollCalendars(deps),
    },
    {
      name: 'notices',
      every: '1 minute',
      run: () => deps.askNotices(),
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

async function askRenewals({ clock, subscriptionRows, log }: JobDeps): Promise<void> {
  const after = (ms: number) => new Date(clock.nowMs() + ms);
  const ends = {
    directoryBefore: after(RENEW_WITHIN_MS),
    mailboxesBefore: after(RENEW_MAILBOXES_WITHIN_MS),
    richBefore: after(RENEW_RICH_WITHIN_MS),
  };
  const asked = await subscriptionRows.askRenewal(ends, clock.now());
  if (asked > 0) log.info({ event: 'renewal.asked', asked }, 'renewals asked for');
}

/** Where it is night every calendar is due at a moment of its own: that also moves its window on by a day. */
async function rollCalendars({ clock, calendars, log, connectedIntegrations }: JobDeps): Promise<void> {
  for (const { tenantId, settings } of await connectedIntegrations()) {
    if (!tenantId || !isNight(clock.nowMs(), settings.zone)) continue;
    const due = await calendars.spread(tenantId, clock.now(), NIGHT_MS);
    if (due > 0) log.info({ event: 'calendars.nightly', tenantId, due }, 'calendars due this night');
  }
}

async function askCatchUp({ clock, cursors, connectedIntegrations }: JobDeps): Promise<void> {
  for (const { tenantId } of await connectedIntegrations()) if (tenantId) await cursors.ask(tenantId, clock.now());
}
