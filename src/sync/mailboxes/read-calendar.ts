import type { ReadEvent } from '../../graph/calendar-types.js';
import type { GraphFailure } from '../../graph/graph-failure.js';
import type { Priority } from '../../graph/types.js';
import { unreadableProblem } from '../../projection/calendar/calendar-problems.js';
import { eventOf } from '../../projection/calendar/event-of.js';
import type { CalendarEvent, CalendarProblem } from '../../projection/calendar/types.js';
import { asCalendarActivity } from '../../records/activities/calendar-activities.js';
import type { Owner } from '../owner.js';
import type { LoadedCalendar } from './load-calendar.js';

/** One look at a calendar: everything in the window, and by its own id what activities came from and it does not list. */
export type CalendarRead =
  | {
      readonly status: 'ok';
      readonly window: { readonly from: Date; readonly to: Date };
      readonly at: Date;
      readonly events: readonly CalendarEvent[];
      readonly readById: ReadonlyMap<string, CalendarEvent | 'gone'>;
      readonly unreadable: readonly CalendarProblem[];
      /** An event that was asked for by its id could not be read: the calendar is looked at again. */
      readonly incomplete: GraphFailure | null;
    }
  | { readonly status: 'no_mailbox' }
  | { readonly status: 'blocked'; readonly failure: GraphFailure }
  | { readonly status: 'failed'; readonly failure: GraphFailure };

export interface ReadCalendarRequest {
  readonly objectId: string;
  /** What came from the calendar until now: what of it the window does not list is asked for by its id. */
  readonly activities: LoadedCalendar['activities'];
  readonly window: { readonly from: Date; readonly to: Date };
  readonly priority: Priority;
  readonly at: Date;
}

/** Reads a calendar for a decision (law L16). Its owner reads a mailbox once at a time, so that readings have an order. */
export async function readCalendarOf(
  { graph, signal }: Pick<Owner, 'graph' | 'signal'>,
  { objectId, activities, window, priority, at }: ReadCalendarRequest,
): Promise<CalendarRead> {
  const options = { priority, signal };
  const answer = await graph.readCalendar({ objectId, ...window }, options);
  if (answer.status !== 'ok') return answer;
  const { events, unreadable } = taken(answer.events);
  const listed = new Set(answer.events.flatMap(({ id }) => id ?? []));
  const missing = unlisted(activities, { listed, at });
  const byId = await graph.readEvents({ objectId, eventIds: missing }, options);
  const readById = new Map<string, CalendarEvent | 'gone'>();
  let incomplete: GraphFailure | null = null;
  for (const [id, found] of byId) {
    if (found.status === 'failed') incomplete = found.failure;
    else if (found.status === 'gone') readById.set(id, 'gone');
    else {
      const event = 'unreadable' in found.event ? found.event : eventOf(found.event);
      // A single event that is a series by now is gone: its occurrences are events of their own (E46).
      if (event === null) readById.set(id, 'gone');
      else if (!('unreadable' in event)) readById.set(id, event);
    }
  }
  return { status: 'ok', window, at, events, readById, unreadable, incomplete };
}

function taken(raw: readonly ReadEvent[]): { events: CalendarEvent[]; unreadable: CalendarProblem[] } {
  const events: CalendarEvent[] = [];
  const unreadable: CalendarProblem[] = [];
  for (const each of raw) {
    const read = 'unreadable' in each ? each : eventOf(each);
    if (read === null) continue;
    if ('unreadable' in read) unreadable.push(unreadableProblem(read));
    else events.push(read);
  }
  return { events, unreadable };
}

/** Ids of events whose activities are still to come and which the window did not list. */
function unlisted(
  activities: LoadedCalendar['activities'],
  { listed, at }: { listed: ReadonlySet<string>; at: Date },
): string[] {
  return [...activities.values()]
    .map(asCalendarActivity)
    .filter(({ status, isDetached }) => (status === 'scheduled' || status === 'awaiting_approval') && !isDetached)
    .filter(({ eventId, start }) => start > at && !listed.has(eventId))
    .map(({ eventId }) => eventId);
}
