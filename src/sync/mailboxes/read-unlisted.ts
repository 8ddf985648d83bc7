import type { CalendarReads } from '../../graph/calendar-types.js';
import { GraphFailure } from '../../graph/graph-failure.js';
import type { CallOptions } from '../../graph/types.js';
import { DAY_MS } from '../../kernel/clock.js';
import { eventOf } from '../../projection/calendar/event-of.js';
import { isOutside } from '../../projection/calendar/places.js';
import type { CalendarEvent } from '../../projection/calendar/types.js';

/** What was asked for by its own id, because the window did not list it. */
export interface UnlistedEvents {
  readonly readById: ReadonlyMap<string, CalendarEvent | 'gone'>;
  /** What one of them means could not be read: the calendar is looked at again. */
  readonly incomplete: GraphFailure | null;
}

interface Asked {
  readonly objectId: string;
  readonly eventIds: readonly string[];
  readonly window: { readonly from: Date; readonly to: Date };
}

/**
 * Reads events that a complete view of the window did not list. An id is answered wherever in the mailbox its event is,
 * in Deleted Items and in other calendars too: one that by its times should have been listed is looked for once more.
 */
export async function readUnlisted(
  graph: CalendarReads,
  { objectId, eventIds, window }: Asked,
  options: CallOptions,
): Promise<UnlistedEvents> {
  const answers = await graph.readEvents({ objectId, eventIds }, options);
  const readById = new Map<string, CalendarEvent | 'gone'>();
  const doubted = new Map<string, CalendarEvent>();
  let incomplete: GraphFailure | null = null;
  for (const [id, answer] of answers) {
    const event = answer.status === 'present' ? eventOf(answer.event) : null;
    if (answer.status === 'failed') incomplete = answer.failure;
    // A single event that is a series by now is gone: its occurrences are events of their own (E46).
    else if (event === null) readById.set(id, 'gone');
    else if ('unreadable' in event) continue;
    else if (isOutside({ start: new Date(event.start), finish: new Date(event.end) }, window)) readById.set(id, event);
    else doubted.set(id, event);
  }
  if (doubted.size === 0) return { readById, incomplete };
  const again = await lookAgain(graph, { objectId, doubted, window }, options);
  return again instanceof GraphFailure
    ? { readById, incomplete: again }
    : { readById: new Map([...readById, ...again]), incomplete };
}

/**
 * One more view, begun after the answers by id: what it does not list either is not in the default calendar (E47, E58).
 * Pages that shifted while the first one was read lose nothing by that.
 */
async function lookAgain(
  graph: CalendarReads,
  { objectId, doubted, window }: Pick<Asked, 'objectId' | 'window'> & { doubted: ReadonlyMap<string, CalendarEvent> },
  options: CallOptions,
): Promise<GraphFailure | Map<string, CalendarEvent | 'gone'>> {
  // A day more on each side: an event without length, or of a whole day in whatever zone, is surely within.
  const [from, to] = [new Date(window.from.getTime() - DAY_MS), new Date(window.to.getTime() + DAY_MS)];
  const view = await graph.readCalendar({ objectId, from, to }, options);
  if (view.status === 'no_mailbox')
    return new GraphFailure('The mailbox went while its calendar was read.', { kind: 'unavailable' });
  if (view.status !== 'ok') return view.failure;
  const listed = view.events.flatMap((each) => eventOf(each) ?? []);
  return new Map(
    [...doubted].flatMap(([id, event]): [string, CalendarEvent | 'gone'][] => {
      // Put in again it has another id and the same key; what nobody can tell the id of may be this one.
      const isIt = (each: (typeof listed)[number]) =>
        'unreadable' in each ? each.id === null : each.key === event.key;
      const found = listed.find((each) => each.id === id) ?? listed.find(isIt);
      if (found === undefined) return [[id, 'gone']];
      return 'unreadable' in found ? [] : [[id, found]];
    }),
  );
}
