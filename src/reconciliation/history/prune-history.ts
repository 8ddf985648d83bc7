import type { Collection, Document, Filter } from 'mongodb';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, DAY_MS } from '../../kernel/clock.js';
import { RUN_PROBLEMS, type RunProblemRow } from '../../records/problems/run-problems.js';
import { LEDGER, type LedgerRow } from '../../records/types.js';
import { NO_ENTERPRISE } from '../../store/audit-log.js';
import type { Store } from '../../store/connect.js';
import { ENTERPRISES, type EnterpriseRow, SETTINGS_CHANGES, type SettingsChangeRow } from '../../tenancy/types.js';
import { RUN_ITEMS, RUNS, type RunItemRow, type RunRow } from '../types.js';

/** How many documents went. */
export type Pruned = Readonly<Record<'runs' | 'runItems' | 'ledger' | 'settings', number>>;

export interface PruneDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
}

export interface PruneBounds {
  /** Days of history that are kept; at least 30, far more than the guard's 24 h window (law L12). */
  readonly historyDays: number;
  /** No batch is begun after so long. */
  readonly withinMs: number;
  /** Documents of a batch. */
  readonly batch?: number;
}

const BATCH = 1_000;

/**
 * Deletes history beyond its time, in short batches until the time is up; what is left goes the next time. Repeatable:
 * a run goes after everything that belongs to it. Runs that have not ended are never touched.
 */
export async function pruneHistory(deps: PruneDeps, bounds: PruneBounds): Promise<Pruned> {
  const { store, clock, chance } = deps;
  const before = new Date(clock.nowMs() - bounds.historyDays * DAY_MS);
  const endMs = clock.nowMs() + bounds.withinMs;
  const { batch = BATCH } = bounds;
  const isOver = () => clock.nowMs() >= endMs;
  const pruned = { runs: 0, runItems: 0, ledger: 0, settings: 0 };
  const ids = [...(await store.collection<EnterpriseRow>(ENTERPRISES).distinct('_id')), NO_ENTERPRISE];
  // Begins with another one each time, so that none is always behind those that have much to delete.
  const first = Math.floor(chance.random() * ids.length);
  for (const enterpriseId of [...ids.slice(first), ...ids.slice(0, first)]) {
    if (isOver()) break;
    const old = { enterpriseId, at: { $lt: before } };
    pruned.ledger += await emptyOut(store.collection<LedgerRow>(LEDGER), old);
    pruned.settings += await emptyOut(store.collection<SettingsChangeRow>(SETTINGS_CHANGES), old);
    await pruneRuns(enterpriseId);
  }
  return pruned;

  async function pruneRuns(enterpriseId: string): Promise<void> {
    const runs = store.collection<RunRow>(RUNS);
    const ended = { enterpriseId, requestedAt: { $lt: before }, finishedAt: { $lt: before } };
    const found = await runs.find(ended).sort({ requestedAt: 1 }).limit(batch).toArray();
    for (const { _id: runId } of found) {
      pruned.runItems += await emptyOut(store.collection<RunItemRow>(RUN_ITEMS), { runId });
      pruned.runItems += await emptyOut(store.collection<RunProblemRow>(RUN_PROBLEMS), { runId });
      // Something of it may be left: then the run goes the next time.
      if (isOver()) return;
      pruned.runs += (await runs.deleteOne({ _id: runId, ...ended })).deletedCount;
    }
  }

  async function emptyOut<T extends Document & { _id: string }>(
    collection: Collection<T>,
    filter: Filter<T>,
  ): Promise<number> {
    let deleted = 0;
    while (!isOver()) {
      const found = await collection.find(filter).project<{ _id: string }>({ _id: 1 }).limit(batch).toArray();
      if (found.length === 0) break;
      const chosen = { _id: { $in: found.map(({ _id }) => _id) } } as Filter<T>;
      deleted += (await collection.deleteMany(chosen)).deletedCount;
    }
    return deleted;
  }
}
