import type { Changes } from '../changes/create-changes.js';
import type { ChangeRow } from '../changes/types.js';
import type { Clock } from '../kernel/clock.js';
import { keepRunProblems, type RunProblemRow } from '../records/problems/run-problems.js';
import type { Store } from '../store/connect.js';
import type { Owner } from '../sync/owner.js';
import { loadUsers } from '../sync/plan/load-inputs.js';
import type { RunEnd, RunWrites } from './run-writes.js';
import type { Runs } from './runs.js';

export interface EndOfRunDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly runs: Runs;
  readonly runWrites: RunWrites;
}

/** Sums a full run up: whom it could not read counts as failed, and is named with the reason. */
export function createEndOfRun(deps: EndOfRunDeps): (owner: Owner, runId: string) => Promise<RunEnd> {
  const { store, clock, changes, runs, runWrites } = deps;
  return async (owner, runId) => {
    const unread = await changes.failedOf({ tenantId: owner.tenantId, runId });
    await keepUnread(owner, runId, unread);
    const now = await runs.get(runId);
    const failed = (now?.counts.failed ?? 0) + unread.length;
    if (now) {
      const { seen, touched = 0 } = now.counts;
      await runWrites.setCount(owner, runId, { failed, unchanged: Math.max(0, seen - touched - failed) });
    }
    if ((now?.held ?? 0) > 0) {
      const message = 'More would have been taken away than the limit allows: it is held until somebody decides.';
      return { status: 'succeeded_with_errors', code: 'removal_brake', message };
    }
    const isWhole = failed + (now?.counts.calendarsFailed ?? 0) === 0;
    return { status: isWhole ? 'succeeded' : 'succeeded_with_errors', code: null, message: null };
  };

  async function keepUnread(owner: Owner, runId: string, unread: readonly ChangeRow[]): Promise<void> {
    const objectIds = unread.map(({ objectId }) => objectId);
    if (objectIds.length === 0) return;
    const users = await loadUsers({ store }, { scope: owner, objectIds });
    const about = { enterpriseId: owner.enterpriseId, runId, at: clock.now() };
    const rows = unread.map(({ objectId, parked }): RunProblemRow => {
      const userId = users.get(objectId)?._id ?? null;
      return { _id: `${runId}:${objectId}:unread:`, ...about, objectId, userId, ...UNREAD, ...saying(parked) };
    });
    await keepRunProblems(store, rows);
  }
}

const UNREAD = {
  code: 'unread',
  severity: 'error',
  subject: null,
  remedy: 'What they have stays as it is. They are tried again by themselves: look among the changes set aside.',
} as const;

function saying(parked: ChangeRow['parked']): { message: string } {
  return { message: `The person could not be read. ${parked ? `${parked.message} (${parked.code})` : ''}`.trim() };
}
