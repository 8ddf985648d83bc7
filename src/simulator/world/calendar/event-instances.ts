import { DAY_MS } from '../../../kernel/clock.js';
import type { CalendarEvent, CalendarWindow, EventInstance } from './calendar-types.js';
import { changeKey, eventId, occurrenceICalUId, readEventId } from './event-ids.js';
import { isSeriesDay, seriesDays } from './series-days.js';
import { dateOf, dayNumber, onDay, overlaps, spanOf } from './wall-time.js';

/** A single event, or a series with the times of its first occurrence. */
export function wholeEvent(event: CalendarEvent): EventInstance {
  const { id, guid, iCalUId, version, createdAtMs, modifiedAtMs, recurrence } = event;
  return {
    ...{ id, iCalUId, createdAtMs, modifiedAtMs, recurrence, seriesMasterId: null, originalStart: null },
    type: recurrence === null ? 'singleInstance' : 'seriesMaster',
    changeKey: changeKey(guid, version),
    content: recurrence === null ? event.content : timesOn(event, firstDay(event)),
  };
}

/** The occurrence of a series on a date (YYYY-MM-DD), moved or not; undefined where there is none, or no longer. */
export function occurrenceOn(event: CalendarEvent, date: string): EventInstance | undefined {
  if (event.recurrence === null || event.removedDays.has(date)) return undefined;
  return isSeriesDay(event.recurrence, date) ? buildOccurrence(event, date) : undefined;
}

/** Whatever has this id. */
export function findInstance(events: ReadonlyMap<string, CalendarEvent>, id: string): EventInstance | undefined {
  const parts = readEventId(id);
  const event = parts && events.get(eventId(parts.guid));
  if (!event) return undefined;
  return parts.date === null ? wholeEvent(event) : occurrenceOn(event, parts.date);
}

/** What of an event or series overlaps the window. */
export function instancesOf(event: CalendarEvent, window: CalendarWindow): EventInstance[] {
  const found = event.recurrence === null ? [wholeEvent(event)] : [...occurrencesNear(event, window)];
  return found.filter(({ content }) => overlaps(content, window));
}

/** The earliest start first. */
export function sortByStart(instances: readonly EventInstance[], zone: string): EventInstance[] {
  return instances
    .map((instance) => ({ instance, startMs: spanOf(instance.content, zone).startMs }))
    .sort((a, b) => a.startMs - b.startMs || (a.instance.id < b.instance.id ? -1 : 1))
    .map(({ instance }) => instance);
}

/** Occurrences that may overlap the window: the unmoved ones of days around it, and all that were edited. */
function* occurrencesNear(event: CalendarEvent, window: CalendarWindow): Generator<EventInstance> {
  const { recurrence, exceptions, removedDays } = event;
  if (recurrence === null) return;
  // Two days more on each side than the instants say: zones are up to 14 hours away.
  const earliest = Math.floor(window.fromMs / DAY_MS) - Math.max(0, daysLong(event)) - 2;
  const latest = Math.floor(window.toMs / DAY_MS) + 2;
  for (const day of seriesDays(recurrence)) {
    if (day > latest) break;
    const date = dateOf(day);
    if (day >= earliest && !removedDays.has(date) && !exceptions.has(date)) yield buildOccurrence(event, date);
  }
  for (const date of exceptions.keys()) yield buildOccurrence(event, date);
}

function buildOccurrence(event: CalendarEvent, date: string): EventInstance {
  const { guid, id, createdAtMs } = event;
  const exception = event.exceptions.get(date);
  const usual = timesOn(event, dayNumber(date));
  const own = exception ?? event;
  return {
    ...{ id: eventId(guid, date), seriesMasterId: id, createdAtMs, modifiedAtMs: own.modifiedAtMs, recurrence: null },
    type: exception ? 'exception' : 'occurrence',
    iCalUId: occurrenceICalUId(event.iCalUId, date),
    changeKey: changeKey(guid, own.version),
    content: { ...usual, ...exception?.edit },
    originalStart: usual.start,
  };
}

/** The content of a series on one of its days: wall clocks show the same times, however long the day is. */
function timesOn(event: CalendarEvent, day: number): CalendarEvent['content'] {
  const { content } = event;
  return { ...content, start: onDay(content.start, day), end: onDay(content.end, day + daysLong(event)) };
}

function daysLong({ content }: CalendarEvent): number {
  return dayNumber(content.end.dateTime) - dayNumber(content.start.dateTime);
}

function firstDay({ recurrence, content }: CalendarEvent): number {
  for (const day of recurrence ? seriesDays(recurrence) : []) return day;
  return dayNumber(content.start.dateTime);
}
