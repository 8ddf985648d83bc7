import type { ReadEvent } from '../../graph/calendar-types.js';
import type { GraphFailure } from '../../graph/graph-failure.js';
import type { Priority } from '../../graph/types.js';
import { unreadableProblem } from '../../projection/calendar/calendar-problems.js';
import { eventOf } from '../../projection/calendar/event-of.js';
import type { CalendarEvent, CalendarProblem } from '../../projection/calendar/types.js';
import { asCalendarActivity } from '../../records/activities/calendar-activities.js';
import type { Owner } from '../owner.js';
import type { LoadedCalendar } from './load-calendar.js';
import { readUnlisted, type UnlistedEvents } from './read-unlisted.js';

/** One look at a calendar: everything in the window, and by its own id what activities came from and it does not list. */
export type CalendarRead =
  | ({
      readonly status: 'ok';
      readonly window: { readonly from: Date; readonly to: Date };
      readonly at: Date;
      readonly events: readonly CalendarEvent[];
      readonly unreadable: readonly CalendarProblem[];
    } & UnlistedEvents)
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
  const eventIds = unlisted(activities, { listed, at });
  const byId = await readUnlisted(graph, { objectId, eventIds, window }, options);
  return { status: 'ok', window, at, events, unreadable, ...byId };
}

function taken(raw: readonly ReadEvent[]): { events: CalendarEvent[]; unreadable: CalendarProblem[] } {
  const events: CalendarEvent[] = [];
  const unreadable: CalendarProblem[] = [];
  for (const each of raw) {
    const read = eventOf(each);
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
