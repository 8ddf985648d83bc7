import type { ClientSession, Filter, UpdateFilter } from 'mongodb';
import type { Clock } from '../kernel/clock.js';
import type { Cursors } from '../mirror/cursors.js';
import type { Store } from '../store/connect.js';
import { raiseLive } from '../store/live.js';
import { requireSyncOn } from '../sync/admission/switched-off.js';
import type { Apply } from '../sync/apply.js';
import type { Owner } from '../sync/owner.js';
import type { RunMarks } from '../tenancy/run-marks.js';
import { INTEGRATIONS, type IntegrationRow } from '../tenancy/types.js';
import { RUN_ITEMS, RUNS, type RunItemRow, type RunRow } from './types.js';

export type RunEnd = Pick<RunRow, 'status' | 'code' | 'message'>;

/**
 * What an owner writes about a run that it works on, behind its fence: who slept past the lease neither moves nor ends
 * what somebody else goes on with, and what a killed owner left open is ended by whoever takes the tenant over.
 */
export interface RunWrites {
  /** Puts the settings as they are into effect and starts the run; one that goes on keeps those it began with (L14). */
  begin(owner: Owner, run: RunRow): Promise<IntegrationRow>;
  update(owner: Owner, runId: string, change: Partial<RunRow>): Promise<void>;
  setCount(owner: Owner, runId: string, count: Partial<RunRow['counts']>): Promise<void>;
  /** Keeps a part of a plan in place of what a former owner kept there. */
  putItems(owner: Owner, items: readonly RunItemRow[]): Promise<void>;
  /** A plan ends with that many items: what a former owner kept beyond them goes. */
  endItems(owner: Owner, runId: string, count: number): Promise<void>;
  finish(owner: Owner, runId: string, end: RunEnd): Promise<void>;
}

interface RunWritesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly runMarks: Pick<RunMarks, 'beginRunSettings'>;
  readonly apply: Pick<Apply, 'within'>;
  readonly cursors: Pick<Cursors, 'forget'>;
}

export function createRunWrites({ store, clock, runMarks, apply, cursors }: RunWritesDeps): RunWrites {
  const items = store.collection<RunItemRow>(RUN_ITEMS);
  const update: RunWrites['update'] = (owner, runId, change) =>
    apply.within(owner, (session) => changeRun(store, session, { filter: { _id: runId }, change: { $set: change } }));
  return {
    begin: (owner, run) => apply.within(owner, (session) => begin(session, owner, run)),
    update,
    setCount: (owner, runId, count) =>
      update(owner, runId, Object.fromEntries(Object.entries(count).map(([name, value]) => [`counts.${name}`, value]))),
    putItems: (owner, rows) =>
      apply.within(owner, async (session) => {
        const operations = rows.map((row) => ({
          replaceOne: { filter: { _id: row._id }, replacement: row, upsert: true },
        }));
        await items.bulkWrite(operations, { ordered: false, session });
      }),
    endItems: (owner, runId, count) =>
      apply.within(owner, async (session) => {
        await items.deleteMany({ runId, position: { $gt: count } }, { session });
      }),
    finish: (owner, runId, end) =>
      apply.within(owner, (session) => changeRun(store, session, ended({ runId, end, at: clock.now() }))),
  };

  async function begin(session: ClientSession, owner: Owner, run: RunRow): Promise<IntegrationRow> {
    const { enterpriseId: _id, tenantId } = owner;
    const before = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id }, { session });
    if (before && run.status === 'running') {
      const again = { filter: { _id: run._id, status: 'running' }, change: { $set: { phase: 'reading' } } } as const;
      await changeRun(store, session, again);
      return before;
    }
    const row = await runMarks.beginRunSettings(session, _id);
    requireSyncOn(row, owner);
    if (!before?.inEffect) await cursors.forget(session, tenantId);
    const started = { status: 'running', phase: 'reading', startedAt: clock.now(), revision: row.revision } as const;
    await changeRun(store, session, { filter: { _id: run._id, status: 'queued' }, change: { $set: started } });
    return row;
  }
}

/** The first end counts: a run that somebody else has ended meanwhile stays as it is. */
export function ended({ runId, end, at }: { runId: string; end: RunEnd; at: Date }): RunChange {
  const finished = { ...end, phase: 'done', finishedAt: at } as const;
  return { filter: { _id: runId, status: UNDER_WAY }, change: { $set: finished, $unset: { open: '' } } };
}

export const UNDER_WAY = { $in: ['queued' as const, 'running' as const] };

interface RunChange {
  readonly filter: Filter<RunRow>;
  readonly change: UpdateFilter<RunRow>;
}

/** Changes one run, if it is as the filter has it, and tells those who watch the enterprise. */
export async function changeRun(store: Store, session: ClientSession, { filter, change }: RunChange): Promise<void> {
  const options = { session, projection: { enterpriseId: 1 } } as const;
  const run = await store.collection<RunRow>(RUNS).findOneAndUpdate(filter, change, options);
  if (run) raiseLive(session, run.enterpriseId, 'runs');
}
