import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { Changes } from '../../../changes/create-changes.js';
import type { Closing } from '../../../changes/types.js';
import type { CalendarRow, Calendars } from '../../../mirror/calendars-store.js';
import { writeActivities } from '../../../records/activities/leavers.js';
import type { ActivityRow } from '../../../records/activities/types.js';
import { keepRunProblems, type RunProblemRow } from '../../../records/history/run-problems.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow } from '../../../records/types.js';
import type { Store } from '../../../store/connect.js';
import { countRun } from '../../plan/count-run.js';
import type { CalendarCounts } from './count-calendar.js';

/** What some calendars come to, collected, so that a transaction writes each collection once. */
export interface CalendarWrites {
  readonly activities: AnyBulkWriteOperation<ActivityRow>[];
  readonly ledger: LedgerRow[];
  readonly decisions: AnyBulkWriteOperation<DecisionRow>[];
  readonly rows: AnyBulkWriteOperation<CalendarRow>[];
  readonly closings: Closing[];
  readonly warnings: RunProblemRow[];
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
  session: ClientSession,
): CalendarWrites {
  const tallies = new Map<string, CalendarCounts>();
  const writes: CalendarWrites = {
    ...{ activities: [], ledger: [], decisions: [], rows: [], closings: [], warnings: [] },
    count: (runId, counts) => {
      const before = tallies.get(runId);
      tallies.set(runId, before ? countRun.plus(before, counts) : counts);
    },
    flush: async () => {
      await writeActivities(store, taken(writes.activities), session);
      const ledger = taken(writes.ledger);
      if (ledger.length > 0) await store.collection<LedgerRow>(LEDGER).insertMany(ledger, { session });
      const decisions = taken(writes.decisions);
      if (decisions.length > 0)
        await store.collection<DecisionRow>(DECISIONS).bulkWrite(decisions, { session, ordered: true });
      await calendars.write(taken(writes.rows), session);
      const closings = taken(writes.closings);
      if (closings.length > 0) await changes.close(session, closings);
      for (const [runId, tally] of tallies) await countRun.add(store, { runId, tally }, session);
      tallies.clear();
      await keepRunProblems(store, taken(writes.warnings), session);
    },
  };
  return writes;
}

function taken<T>(list: T[]): T[] {
  return list.splice(0);
}
