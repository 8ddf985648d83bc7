import type { ClientSession } from 'mongodb';
import type { CalendarChange } from '../../projection/calendar/types.js';
import type { Store } from '../../store/connect.js';
import type { Decided } from './decide-calendar.js';
import type { JudgedChanges } from './guard/judge-cancellations.js';

/** What one calendar came to, in activities; `activitiesSkipped` in events that become none. */
export interface CalendarCounts {
  readonly calendars: number;
  readonly activitiesCreated: number;
  readonly activitiesUpdated: number;
  readonly activitiesCancelled: number;
  readonly activitiesSkipped: number;
  /** Cancellations that wait for an administrator. */
  readonly held: number;
  readonly writes: number;
}

export const countCalendar = { of: countsOf, add, addFailed };

/** One calendar of the run could not be read. */
async function addFailed(store: Store, runId: string): Promise<void> {
  await store.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $inc: { 'counts.calendarsFailed': 1 } });
}

function countsOf(
  { verdicts, judged }: Pick<Decided, 'verdicts'> & { readonly judged: JudgedChanges },
  writes: number,
): CalendarCounts {
  const count = (kind: CalendarChange['kind']) => judged.accepted.filter((change) => change.kind === kind).length;
  return {
    calendars: 1,
    activitiesCreated: count('activity_create'),
    activitiesUpdated: count('activity_update'),
    activitiesCancelled: count('activity_cancel'),
    activitiesSkipped: verdicts.filter(({ reasons }) => reasons.length > 0).length,
    held: judged.held.length,
    writes,
  };
}

/** Adds to the run's counts inside the transaction that did the work. */
async function add(
  store: Store,
  { runId, counts }: { runId: string; counts: CalendarCounts },
  session: ClientSession,
): Promise<void> {
  const { writes, held, ...rest } = counts;
  const raise = Object.fromEntries(Object.entries(rest).map(([name, count]) => [`counts.${name}`, count]));
  await store
    .collection<{ _id: string }>('runs')
    .updateOne({ _id: runId }, { $inc: { writes, held, ...raise } }, { session });
}
