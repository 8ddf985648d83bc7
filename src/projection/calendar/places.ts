import { groupBy } from '../../kernel/lists.js';
import { decideEvent } from './decide-event.js';
import { eventKeyOf, inTurns } from './turns.js';
import type { CalendarActivity, CalendarEvent, CalendarInput, EventVerdict } from './types.js';

/** An event and its activity, as far as there is one of each. */
export interface Place {
  readonly key: string;
  readonly activity: CalendarActivity | null;
  /** null: nothing was read of the event, which proves nothing (law L8). */
  readonly event: EventVerdict | 'gone' | null;
  /** Read by its own id, because the window did not list it. */
  readonly isReadById: boolean;
}

/** Input of which the events were read. */
export type ReadInput = CalendarInput & { readonly events: readonly CalendarEvent[] };

/**
 * What the rules make of each listed event, each once, in the order of their beginning. A calendar can hold a meeting
 * twice, as where a cancelled copy was left beside the accepted one, and pages of one that is being edited can name an
 * event twice: the one that counts is it, else the one that has the activity; any order comes to the same.
 */
export function verdictsOf(input: ReadInput): EventVerdict[] {
  const had = new Set(input.activities.map(({ eventId }) => eventId));
  const copies = input.events.map((event) => {
    const verdict = decideEvent(event, input);
    const has = had.has(event.id) ? 0 : 1;
    return { verdict, against: weightOf(verdict), has, text: JSON.stringify(event) };
  });
  const sorted = copies.sort((a, b) => a.against - b.against || a.has - b.has || compare(a.text, b.text));
  return [...groupBy(sorted, ({ verdict }) => verdict.event.key).values()]
    .flatMap(([first]) => first?.verdict ?? [])
    .sort((a, b) => a.start.getTime() - b.start.getTime() || compare(a.event.key, b.event.key));
}

/** How much speaks against an event itself: nothing, that its time has come, or what it is. */
function weightOf({ reasons }: EventVerdict): number {
  const against = reasons.filter((reason) => reason !== 'no_activity_type');
  return against.length === 0 ? 0 : against.every((reason) => reason === 'past') ? 1 : 2;
}

/** Each listed event with its activity, and each activity that is left with what was read of its event. */
export function placesOf(input: ReadInput, listed: readonly EventVerdict[]): Place[] {
  const { activities, verdicts } = inTurns(input.activities, listed, input.now);
  const free = new Set([...activities].sort((a, b) => rank(a) - rank(b) || compare(a.id, b.id)));
  const byKey = groupBy(free, ({ key }) => key);
  const byEventId = groupBy(free, ({ eventId }) => eventId);
  const taken = new Map<EventVerdict, CalendarActivity>();
  const take = (verdict: EventVerdict, candidates: readonly CalendarActivity[] = []) => {
    const activity = taken.has(verdict) ? undefined : candidates.find((each) => free.has(each));
    if (activity === undefined) return;
    free.delete(activity);
    taken.set(verdict, activity);
  };
  for (const verdict of verdicts) take(verdict, byKey.get(verdict.event.key));
  for (const verdict of verdicts) take(verdict, byEventId.get(verdict.event.id));
  return [
    ...verdicts.map((event) => placeOf(event, taken.get(event) ?? null)),
    ...[...free].map((activity) => unlisted(activity, { input: { ...input, activities }, verdicts })),
  ];
}

/** Whether nothing of it lies in the window. */
export function isOutside({ start, finish }: { start: Date; finish: Date }, window: CalendarInput['window']): boolean {
  return start >= window.to || finish <= window.from;
}

function placeOf(event: EventVerdict, activity: CalendarActivity | null): Place {
  return { key: event.event.key, activity, event, isReadById: false };
}

/**
 * An activity without a listed event. What was read by its id may be another's by now: a listed event has its key, or
 * another activity. Then nothing is known of this one's (law L8), and no two ever get one key.
 */
function unlisted(
  activity: CalendarActivity,
  { input, verdicts }: { input: CalendarInput; verdicts: readonly EventVerdict[] },
): Place {
  const read = input.readById.get(activity.eventId) ?? null;
  const place = { key: activity.key, activity, isReadById: true };
  if (read === null || read === 'gone') return { ...place, event: read };
  const isListed = verdicts.some(({ event }) => eventKeyOf(event.key) === read.key);
  const isAnothers = input.activities.some((each) => each !== activity && eventKeyOf(each.key) === read.key);
  const key = eventKeyOf(activity.key) === read.key ? activity.key : read.key;
  return { ...place, event: isListed || isAnothers ? null : decideEvent({ ...read, key }, input) };
}

/** Of two activities of one event, the one that is alive is the event's. */
function rank({ status }: CalendarActivity): number {
  return status === 'cancelled' ? 1 : 0;
}

export function compare(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
