import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { isDuplicateKey } from '../store/transaction.js';
import type { IntegrationRow } from '../tenancy/types.js';
import { requirePlan } from './exact-plan.js';
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

export interface Runs {
  /** Queues a run; one that is open already is answered instead (E68). Refused with a reason where none can start. */
  request(request: RunRequest): Promise<{ run: RunRow; alreadyRunning: boolean }>;
  /** Records a scheduled run that did not take place. */
  recordSkipped(
    integration: IntegrationRow,
    scheduledFor: Date,
    reason: { readonly code: string; readonly message: string },
  ): Promise<void>;
  get(id: string): Promise<RunRow | null>;
  list(enterpriseId: string, limit: number): Promise<RunRow[]>;
  items(id: string): Promise<RunItemRow[]>;
  /** Waits for the end of a run. */
  wait(id: string, options: { timeoutMs: number; onProgress?: (run: RunRow) => void }): Promise<RunRow>;
  /** Runs that an owner has to work on, in the order they were asked for. */
  pending(enterpriseId: string): Promise<RunRow[]>;
  /** The run that is queued or running; dry runs are none. */
  openRun(enterpriseId: string): Promise<RunRow | null>;
  update(id: string, change: Partial<RunRow>, session?: ClientSession): Promise<void>;
  setCount(id: string, name: keyof RunRow['counts'], count: number): Promise<void>;
  addItems(items: readonly RunItemRow[]): Promise<void>;
  finish(id: string, end: RunEnd): Promise<void>;
}

export type RunEnd = Pick<RunRow, 'status' | 'code' | 'message'>;

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
    name: 'one_run_an_instant',
    keys: { enterpriseId: 1, scheduledFor: 1 },
    options: { unique: true, partialFilterExpression: { scheduledFor: { $type: 'date' } } },
    serves: 'one run for each instant of the schedule',
  },
  { collection: RUNS, name: 'by_enterprise', keys: { enterpriseId: 1, requestedAt: -1 }, serves: 'history' },
  { collection: RUN_ITEMS, name: 'by_run', keys: { runId: 1, position: 1 }, serves: 'the plan of a run' },
  { collection: RUN_ITEMS, name: 'by_person', keys: { runId: 1, person: 1 }, serves: 'what a plan has of some people' },
];

/** Users Sync was switched off, or the integration paused, while the run was under way (E69). */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';
}

const POLL_MS = 100;

export function createRuns({ store, clock, chance }: { store: Store; clock: Clock; chance: Chance }): Runs {
  const runs = store.collection<RunRow>(RUNS);
  const items = store.collection<RunItemRow>(RUN_ITEMS);
  const integrations = store.collection<IntegrationRow>('integrations');

  return {
    request,
    recordSkipped: async (integration, scheduledFor, { code, message }) => {
      const { open: _open, ...row } = newRun(integration, {
        enterpriseId: integration._id,
        trigger: 'scheduled',
        requestedBy: 'schedule',
        dry: false,
        scheduledFor,
      });
      const end = { status: 'skipped', phase: 'done', code, message, finishedAt: clock.now() } as const;
      await runs.insertOne({ ...row, ...end }).catch(ignoreDuplicate);
    },
    get: (id) => runs.findOne({ _id: id }),
    list: (enterpriseId, limit) => runs.find({ enterpriseId }).sort({ requestedAt: -1 }).limit(limit).toArray(),
    items: (id) => items.find({ runId: id }).sort({ position: 1 }).toArray(),
    wait,
    pending: (enterpriseId) =>
      runs
        .find({ enterpriseId, status: { $in: ['queued', 'running'] } })
        .sort({ requestedAt: 1 })
        .toArray(),
    openRun: (enterpriseId) => runs.findOne({ enterpriseId, open: true }),
    update: async (id, change, session) => {
      await runs.updateOne({ _id: id }, { $set: change }, session ? { session } : {});
    },
    setCount: async (id, name, count) => {
      await runs.updateOne({ _id: id }, { $set: { [`counts.${name}`]: count } });
    },
    addItems: async (rows) => {
      if (rows.length > 0) await items.insertMany([...rows], { ordered: false });
    },
    finish: async (id, end) => {
      const finished = { ...end, phase: 'done', finishedAt: clock.now() } as const;
      await runs.updateOne({ _id: id }, { $set: finished, $unset: { open: '' } });
    },
  };

  async function request(wanted: RunRequest): Promise<{ run: RunRow; alreadyRunning: boolean }> {
    const integration = await integrations.findOne({ _id: wanted.enterpriseId });
    const usable = mayRun(integration);
    if (wanted.planId !== undefined) {
      const plan = await runs.findOne({ _id: wanted.planId });
      requirePlan(plan, { integration: usable, now: clock.now() });
    }
    const run = newRun(usable, wanted);
    try {
      await runs.insertOne(run);
      return { run, alreadyRunning: false };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const open = await runs.findOne({ enterpriseId: wanted.enterpriseId, open: true });
      if (open) return { run: open, alreadyRunning: true };
      const same =
        wanted.scheduledFor &&
        (await runs.findOne({ enterpriseId: wanted.enterpriseId, scheduledFor: wanted.scheduledFor }));
      if (same) return { run: same, alreadyRunning: true };
      return request(wanted);
    }
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
            : 'It goes on; look again with "ghs runs show".';
        throw new AppError('run_timeout', `The run has not ended within ${timeoutMs} ms. ${mend}`, { status: 504 });
      }
      await clock.sleep(POLL_MS);
    }
  }
}

/** Whether a run can start now; an AppError that says what to do where it cannot (S13, S21). */
export function mayRun(integration: IntegrationRow | null): IntegrationRow {
  if (!integration?.tenantId || integration.connection === 'not_connected')
    throw new AppError('not_connected', 'Connect Microsoft Entra ID first: enter the Tenant GUID and sign in.', {
      status: 409,
    });
  if (integration.connection !== 'connected' && integration.connection !== 'error')
    throw new AppError('not_connected', 'The connection is not finished: sign in and let an administrator consent.', {
      status: 409,
    });
  if (integration.pausedAt)
    throw new AppError('paused', 'The integration is paused: resume it first.', { status: 409 });
  if (!integration.settings.usersSync)
    throw new AppError('users_sync_off', 'Entra ID Users Sync is off: switch it on first.', { status: 409 });
  if (integration.settings.mappings.length === 0)
    throw new AppError(
      'no_group_mapping',
      'Configure at least 1 group mapping in Team Mappings before starting a sync.',
      { status: 409 },
    );
  return integration;
}

function ignoreDuplicate(error: unknown): void {
  if (!isDuplicateKey(error)) throw error;
}
