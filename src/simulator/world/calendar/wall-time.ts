import { DateTime } from 'luxon';
import { DAY_MS } from '../../../kernel/clock.js';
import type { CalendarTime, CalendarWindow, EventContent } from './calendar-types.js';
import { ianaZone } from './time-zones.js';

/** Days since 1970-01-01 of a text that begins with YYYY-MM-DD. */
export function dayNumber(date: string): number {
  return Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / DAY_MS);
}

/** YYYY-MM-DD of a number of days since 1970-01-01. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The same wall clock's time on another day. */
export function onDay({ dateTime, timeZone }: CalendarTime, day: number): CalendarTime {
  return { dateTime: `${dateOf(day)}${dateTime.slice(10)}`, timeZone };
}

/** An instant as a time in UTC. */
export function utcTime(atMs: number): CalendarTime {
  return { dateTime: new Date(atMs).toISOString().slice(0, -1), timeZone: 'UTC' };
}

/** Reading a time in a zone is slow, and the same times are read for every look at a calendar. */
const MOST_KNOWN = 100_000;
const known = new Map<string, number>();

/** The instant of a wall clock's time; one that a clock change leaves out is moved behind it. */
export function instantOf({ dateTime, timeZone }: CalendarTime): number {
  const key = `${dateTime} ${timeZone}`;
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const atMs = DateTime.fromISO(dateTime, { zone: ianaZone(timeZone) ?? 'UTC' }).toMillis();
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, atMs);
  return atMs;
}

/** Start and end as instants; an all-day event goes from midnight to midnight of the zone it is looked at from. */
export function spanOf({ start, end, isAllDay }: EventContent, zone: string): { startMs: number; endMs: number } {
  const read = (time: CalendarTime) => instantOf(isAllDay ? midnight(time, zone) : time);
  return { startMs: read(start), endMs: read(end) };
}

export function midnight({ dateTime }: CalendarTime, timeZone: string): CalendarTime {
  return { dateTime: `${dateTime.slice(0, 10)}T00:00:00`, timeZone };
}

/** Whether an event is in a window; one without length, or that ends before it starts, counts by its start. */
export function overlaps(content: EventContent, { fromMs, toMs, zone }: CalendarWindow): boolean {
  const { startMs, endMs } = spanOf(content, zone);
  return startMs < toMs && Math.max(endMs, startMs + 1) > fromMs;
}
