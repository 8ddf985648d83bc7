import { AppError } from '../../kernel/app-error.js';
import type { Store } from '../../store/connect.js';
import { createMayRun } from '../may-run.js';
import { RUNS, type RunRow } from '../types.js';

/** How the sync of an enterprise stands, for Sync Now and what is shown beside it. */
export interface SyncStanding {
  /** Why no run can start now; null: one can. */
  readonly obstacle: { readonly code: string; readonly message: string } | null;
  /** The run that is queued or under way, dry runs aside. */
  readonly open: RunRow | null;
  /** The run that ended last, dry runs aside. */
  readonly last: RunRow | null;
  /** How many people the last completed run saw, which is about what the next one has to look at; null: none has. */
  readonly people: number | null;
}

export type ReadSyncStanding = (enterpriseId: string) => Promise<SyncStanding>;

export function createSyncStanding({ store }: { store: Store }): ReadSyncStanding {
  const runs = store.collection<RunRow>(RUNS);
  const mayRun = createMayRun({ store });
  const newest = { sort: { requestedAt: -1 } } as const;
  const completed = { status: { $in: ['succeeded' as const, 'succeeded_with_errors' as const] } };
  return async (enterpriseId) => {
    const ended = { enterpriseId, dry: false, open: { $exists: false } };
    const last = await runs.findOne(ended, newest);
    const lastCompleted = await runs.findOne({ ...ended, ...completed }, newest);
    return {
      obstacle: await mayRun(enterpriseId).then(() => null, whatIsInTheWay),
      open: await runs.findOne({ enterpriseId, open: true }),
      last,
      people: lastCompleted?.counts.seen ?? null,
    };
  };
}

function whatIsInTheWay(error: unknown) {
  if (!(error instanceof AppError)) throw error;
  return { code: error.code, message: error.message };
}
