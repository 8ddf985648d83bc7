import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Store } from '../store/connect.js';
import { inTransaction } from '../store/in-transaction.js';
import type { IndexDefinition } from '../store/indexes.js';
import { raiseLive } from '../store/live.js';
import { type InstantPage, instantPage } from '../store/pages/instant-pages.js';
import { isDuplicateKey } from '../store/transaction.js';
import { INTEGRATIONS, type IntegrationRow } from '../tenancy/types.js';
import { requirePlan } from './exact-plan.js';
import { createMayRun } from './may-run.js';
import { changeRun, ended, UNDER_WAY } from './run-writes.js';
import { NO_COUNTS, RUN_ITEMS, RUNS, type RunItemRow, type RunRow, type RunTrigger } from './types.js';

export interface RunRequest {
  readonly enterpriseId: string;
  readonly trigger: RunTrigger;
  readonly requestedBy: string;
  readonly dry: boolean;
  readonly scheduledFor?: Date;
  /** Apply exactly what this dry run planned (law L11). */
  readonly planId?: string;
}

export interface RunsWanted {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  readonly status?: RunRow['status'];
  readonly trigger?: RunTrigger;
}

export interface Runs {
  /** Queues a run; one that is open already is answered instead (E68). Refused with a reason where none can start. */
  request(request: RunRequest): Promise<{ run: RunRow; alreadyRunning: boolean }>;
  /** Records the run of a due instant: queued, or skipped with the reason; an instant that has its run is left alone. */
  recordScheduled(integration: IntegrationRow, due: DueInstant): Promise<void>;
  /** The run that is queued or under way, dry runs aside. */
  openRun(enterpriseId: string, session?: ClientSession): Promise<RunRow | null>;
  /** Ends runs, dry ones too, whose tenant has been disconnected meanwhile: nobody works on them any more (E78). */
  endAbandoned(): Promise<number>;
  get(id: string): Promise<RunRow | null>;
  /** The latest asked for first. */
  list(enterpriseId: string, wanted: RunsWanted): Promise<InstantPage<RunRow>>;
  items(id: string): Promise<RunItemRow[]>;
  /** Waits for the end of a run. */
  wait(id: string, options: { timeoutMs: number; onProgress?: (run: RunRow) => void }): Promise<RunRow>;
  /** Runs that an owner has to work on, in the order they were asked for. */
  pending(enterpriseId: string): Promise<RunRow[]>;
}

export interface DueInstant {
  readonly scheduledFor: Date;
  readonly open: RunRow | null;
  readonly session: ClientSession;
}

export const RUN_INDEXES: readonly IndexDefinition[] = [
  {
    collection: RUNS,
    name: 'one_open_run',
    keys: { enterpriseId: 1, open: 1 },
    options: { unique: true, partialFilterExpression: { open: true } },
    serves: 'one run at a time for an enterprise',
  },
  {
    collection: RUNS,
    name: 'by_status',
    keys: { status: 1 },
    serves: 'runs that nobody works on any more',
  },
  {
    collection: RUNS,
    name: 'one_run_an_instant',
    keys: { enterpriseId: 1, scheduledFor: 1 },
    options: { unique: true, partialFilterExpression: { scheduledFor: { $type: 'date' } } },
    serves: 'one run for each instant of the schedule',
  },
  { collection: RUNS, name: 'by_enterprise', keys: { enterpriseId: 1, requestedAt: -1 }, serves: 'history' },
  { collection: RUN_ITEMS, name: 'by_run', keys: { runId: 1, position: 1 }, serves: 'the plan of a run' },
  {
    collection: RUN_ITEMS,
    name: 'by_kind',
    keys: { runId: 1, kind: 1, position: 1 },
    serves: 'one kind of change of a plan, a page at a time',
  },
  { collection: RUN_ITEMS, name: 'by_person', keys: { runId: 1, person: 1 }, serves: 'what a plan has of some people' },
];

const POLL_MS = 100;
const ALREADY_RUNNING = { code: 'already_running', message: 'Another run was under way at that time.' };
const DISCONNECTED = 'The run was ended: the tenant was disconnected.';

export function createRuns({ store, clock, chance }: { store: Store; clock: Clock; chance: Chance }): Runs {
  const runs = store.collection<RunRow>(RUNS);
  const items = store.collection<RunItemRow>(RUN_ITEMS);
  const integrations = store.collection<IntegrationRow>(INTEGRATIONS);
  const mayRun = createMayRun({ store });

  return {
    request,
    recordScheduled,
    openRun: (enterpriseId, session) => runs.findOne({ enterpriseId, open: true }, session ? { session } : {}),
    endAbandoned,
    get: (id) => runs.findOne({ _id: id }),
    list: (enterpriseId, { limit, after, ...only }) => {
      const filter = { enterpriseId, ...only };
      return instantPage(runs, { filter, order: 'newest_first', limit, after, by: 'requestedAt' });
    },
    items: (id) => items.find({ runId: id }).sort({ position: 1 }).toArray(),
    wait,
    pending: (enterpriseId) => runs.find({ enterpriseId, status: UNDER_WAY }).sort({ requestedAt: 1 }).toArray(),
  };

  async function request(wanted: RunRequest): Promise<{ run: RunRow; alreadyRunning: boolean }> {
    const integration = await mayRun(wanted.enterpriseId, { dry: wanted.dry });
    if (wanted.planId !== undefined) {
      const plan = await runs.findOne({ _id: wanted.planId });
      requirePlan(plan, { integration, now: clock.now() });
    }
    const run = newRun(integration, wanted);
    try {
      await inTransaction({ store, chance }, async (session) => {
        await runs.insertOne(run, { session });
        raiseLive(session, run.enterpriseId, 'runs');
      });
      return { run, alreadyRunning: false };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      if (await runs.findOne({ _id: run._id })) return { run, alreadyRunning: false }; // Its commit was asked for twice.
      const open = await runs.findOne({ enterpriseId: wanted.enterpriseId, open: true });
      if (open) return { run: open, alreadyRunning: true };
      const same =
        wanted.scheduledFor &&
        (await runs.findOne({ enterpriseId: wanted.enterpriseId, scheduledFor: wanted.scheduledFor }));
      if (same) return { run: same, alreadyRunning: true };
      return request(wanted);
    }
  }

  async function recordScheduled(integration: IntegrationRow, { scheduledFor, open, session }: DueInstant) {
    const { _id: enterpriseId } = integration;
    // Two clocks that differ, or the same time chosen again: an instant runs once (E66).
    // The type again: without it MongoDB does not see that the partial index has them all.
    const known = { enterpriseId, scheduledFor: { $eq: scheduledFor, $type: 'date' as const } };
    if (await runs.findOne(known, { session })) return;
    raiseLive(session, enterpriseId, 'runs');
    const wanted = { enterpriseId, trigger: 'scheduled', requestedBy: 'schedule', dry: false, scheduledFor } as const;
    const run = newRun(integration, wanted);
    const refusal = open ? ALREADY_RUNNING : await refusalOf(enterpriseId, session);
    if (!refusal) {
      await runs.insertOne(run, { session });
      return;
    }
    const { open: _open, ...row } = run;
    const { code, message } = refusal;
    const end = { status: 'skipped', phase: 'done', code, message, finishedAt: clock.now() } as const;
    await runs.insertOne({ ...row, ...end }, { session });
  }

  async function refusalOf(enterpriseId: string, session: ClientSession): Promise<AppError | null> {
    try {
      await mayRun(enterpriseId, { session });
      return null;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  async function endAbandoned(): Promise<number> {
    const open = await runs.find({ status: UNDER_WAY }).toArray();
    const enterpriseIds = open.map(({ enterpriseId }) => enterpriseId);
    const rows = await integrations.find({ _id: { $in: enterpriseIds } }).toArray();
    const tenants = new Map(rows.map(({ _id, tenantId }) => [_id, tenantId]));
    const abandoned = open.filter(({ enterpriseId, tenantId }) => tenants.get(enterpriseId) !== tenantId);
    const end = { status: 'cancelled', code: 'cancelled', message: DISCONNECTED } as const;
    for (const { _id: runId } of abandoned) {
      const change = ended({ runId, end, at: clock.now() });
      await inTransaction({ store, chance }, (session) => changeRun(store, session, change));
    }
    return abandoned.length;
  }

  function newRun(integration: IntegrationRow, wanted: RunRequest): RunRow {
    return {
      _id: chance.guid(),
      enterpriseId: wanted.enterpriseId,
      tenantId: integration.tenantId ?? '',
      trigger: wanted.trigger,
      requestedBy: wanted.requestedBy,
      dry: wanted.dry,
      ...(wanted.dry ? {} : { open: true as const }),
      ...(wanted.scheduledFor ? { scheduledFor: wanted.scheduledFor } : {}),
      ...(wanted.planId === undefined ? {} : { planId: wanted.planId }),
      status: 'queued',
      phase: 'queued',
      revision: null,
      code: null,
      message: null,
      requestedAt: clock.now(),
      startedAt: null,
      finishedAt: null,
      counts: NO_COUNTS,
      held: 0,
      writes: 0,
    };
  }

  async function wait(
    id: string,
    { timeoutMs, onProgress }: { timeoutMs: number; onProgress?: (run: RunRow) => void },
  ): Promise<RunRow> {
    const endMs = clock.nowMs() + timeoutMs;
    for (;;) {
      const run = await runs.findOne({ _id: id });
      if (!run) throw new AppError('run_not_found', `There is no run ${id}.`, { status: 404 });
      if (run.status !== 'queued' && run.status !== 'running') return run;
      onProgress?.(run);
      if (clock.nowMs() >= endMs) {
        const mend =
          run.status === 'queued'
            ? 'No worker has taken it: start the service, or run it here with --here.'
            : 'It goes on; look again.';
        const text = `The run has not ended within ${timeoutMs} ms. ${mend}`;
        throw new AppError('run_timeout', text, { status: 504, command: 'ghs runs show' });
      }
      await clock.sleep(POLL_MS);
    }
  }
}
