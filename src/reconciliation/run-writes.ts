import type { Filter, UpdateFilter } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Store } from '../store/connect.js';
import { inTransaction } from '../store/in-transaction.js';
import { raiseLive } from '../store/live.js';
import { RUNS, type RunRow } from './types.js';

/** Writes to runs outside somebody else's transaction: each tells those who watch the enterprise. */
export interface RunWrites {
  /** A unique index may refuse it, as the driver says so. */
  insert(run: RunRow): Promise<void>;
  /** Changes one run, if it is as the filter has it. */
  change(filter: Filter<RunRow>, change: UpdateFilter<RunRow>): Promise<void>;
}

export function createRunWrites(deps: { store: Store; chance: Chance }): RunWrites {
  const runs = deps.store.collection<RunRow>(RUNS);
  return {
    insert: (run) =>
      inTransaction(deps, async (session) => {
        await runs.insertOne(run, { session });
        raiseLive(session, run.enterpriseId, 'runs');
      }),
    change: (filter, change) =>
      inTransaction(deps, async (session) => {
        const run = await runs.findOneAndUpdate(filter, change, { session, projection: { enterpriseId: 1 } });
        if (run) raiseLive(session, run.enterpriseId, 'runs');
      }),
  };
}
