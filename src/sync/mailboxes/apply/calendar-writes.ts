import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { Changes } from '../../../changes/create-changes.js';
import type { Closing } from '../../../changes/types.js';
import type { CalendarRow, Calendars } from '../../../mirror/calendars-store.js';
import { writeActivities } from '../../../records/activities/leavers.js';
import type { ActivityRow } from '../../../records/activities/types.js';
import { keepRunProblems, type RunProblemRow } from '../../../records/problems/run-problems.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow } from '../../../records/types.js';
import type { Store } from '../../../store/connect.js';
import { raiseLive } from '../../../store/live.js';
import { countRun } from '../../plan/count-run.js';
import { type CalendarCounts, countCalendar } from './count-calendar.js';

/** Ends the change that a reading answers; where a run asked for it, what was seen counts for the run. */
export interface CalendarClosing extends Closing {
  readonly runId: string | null;
  readonly counts: CalendarCounts;
}

/** What some calendars come to, collected, so that a transaction writes each collection once. */
export interface CalendarWrites {
  readonly activities: AnyBulkWriteOperation<ActivityRow>[];
  readonly ledger: LedgerRow[];
  readonly decisions: AnyBulkWriteOperation<DecisionRow>[];
  readonly rows: AnyBulkWriteOperation<CalendarRow>[];
  readonly closings: CalendarClosing[];
  readonly warnings: RunProblemRow[];
  /** What somebody should know of a calendar has changed. */
  problemsChanged(): void;
  /** Adds to the counts of a run. */
  count(runId: string, counts: CalendarCounts): void;
  /** Writes what was collected since the last time. */
  flush(): Promise<void>;
}

interface WritesDeps {
  readonly store: Store;
  readonly calendars: Pick<Calendars, 'write'>;
  readonly changes: Pick<Changes, 'close'>;
}

export function createCalendarWrites(
  { store, calendars, changes }: WritesDeps,
  enterpriseId: string,
  session: ClientSession,
): CalendarWrites {
  const tallies = new Map<string, CalendarCounts>();
  const writes: CalendarWrites = {
    ...{ activities: [], ledger: [], decisions: [], rows: [], closings: [], warnings: [] },
    problemsChanged: () => raiseLive(session, enterpriseId, 'problems'),
    count: (runId, counts) => {
      const before = tallies.get(runId);
      tallies.set(runId, before ? countRun.plus(before, counts) : counts);
    },
    flush: async () => {
      await writeActivities(store, taken(writes.activities), session);
      const ledger = taken(writes.ledger);
      if (ledger.length > 0) await store.collection<LedgerRow>(LEDGER).insertMany(ledger, { session });
      const decisions = taken(writes.decisions);
      if (decisions.length > 0) {
        await store.collection<DecisionRow>(DECISIONS).bulkWrite(decisions, { session, ordered: true });
        writes.problemsChanged();
      }
      // Whatever is done with an activity stands in the ledger.
      if (ledger.length + decisions.length > 0) raiseLive(session, enterpriseId, 'changes');
      await calendars.write(taken(writes.rows), session);
      await close(taken(writes.closings));
      for (const [runId, tally] of tallies) await countRun.add(store, { enterpriseId, runId, tally }, session);
      tallies.clear();
      await keepRunProblems(store, taken(writes.warnings), session);
    },
  };
  return writes;

  async function close(closings: readonly CalendarClosing[]): Promise<void> {
    const ended = new Set(await changes.close(session, closings));
    // What was noted anew meanwhile is read once more, for the same run.
    for (const { id, runId, counts } of closings)
      if (runId !== null && ended.has(id)) writes.count(runId, countCalendar.seen(counts));
  }
}

function taken<T>(list: T[]): T[] {
  return list.splice(0);
}
