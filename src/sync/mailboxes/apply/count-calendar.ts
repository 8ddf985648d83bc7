import type { CalendarChange } from '../../../projection/calendar/types.js';
import type { Store } from '../../../store/connect.js';
import type { Decided } from '../decide-calendar.js';
import type { JudgedChanges } from '../guard/judge-cancellations.js';

/** What one calendar came to, in activities; `activitiesSkipped` in events that become none. */
export interface CalendarCounts {
  /** Calendars of the run that were read to the end. */
  readonly calendars: number;
  readonly activitiesCreated: number;
  readonly activitiesUpdated: number;
  readonly activitiesCancelled: number;
  readonly activitiesSkipped: number;
  /** What is worth knowing of it and was not known before. */
  readonly warnings: number;
  /** Cancellations that wait for an administrator. */
  readonly held: number;
  readonly writes: number;
}

export const countCalendar = { of: countsOf, done, seen, addFailed };

/** One calendar of the run could not be read. */
async function addFailed(store: Store, runId: string): Promise<void> {
  await store.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $inc: { 'counts.calendarsFailed': 1 } });
}

function countsOf(
  {
    verdicts,
    judged,
    warnings,
  }: Pick<Decided, 'verdicts'> & Pick<CalendarCounts, 'warnings'> & { judged: JudgedChanges },
  writes: number,
): CalendarCounts {
  const count = (kind: CalendarChange['kind']) => judged.accepted.filter((change) => change.kind === kind).length;
  return {
    calendars: 0,
    activitiesCreated: count('activity_create'),
    activitiesUpdated: count('activity_update'),
    activitiesCancelled: count('activity_cancel'),
    activitiesSkipped: verdicts.filter(({ reasons }) => reasons.length > 0).length,
    warnings,
    held: judged.held.length,
    writes,
  };
}

/** What was done: it counts each time. */
function done(counts: CalendarCounts): CalendarCounts {
  return { ...counts, activitiesSkipped: 0, held: 0 };
}

/** What was seen: it counts once for a run, by the reading that ends what the run asked for. */
function seen({ activitiesSkipped, held }: CalendarCounts): CalendarCounts {
  const nothing = { activitiesCreated: 0, activitiesUpdated: 0, activitiesCancelled: 0, warnings: 0, writes: 0 };
  return { ...nothing, calendars: 1, activitiesSkipped, held };
}
