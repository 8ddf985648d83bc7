import { type Recurrence, WEEKDAYS } from './calendar-types.js';
import { dateOf, dayNumber } from './wall-time.js';

/** 1970-01-01 was a Thursday, four days into a week that begins on Sunday. */
const WEEK_OFFSET = 4;

/** The days (since 1970-01-01) on which a series happens, in order and perhaps without end. */
export function* seriesDays({ pattern, range }: Recurrence): Generator<number> {
  const first = dayNumber(range.startDate);
  const last = range.type === 'endDate' && range.endDate !== undefined ? dayNumber(range.endDate) : Number.MAX_VALUE;
  const most = range.type === 'numbered' ? (range.numberOfOccurrences ?? 1) : Number.MAX_VALUE;
  const happens = pattern.type === 'daily' ? daily(pattern, first) : weekly(pattern, first);
  let found = 0;
  for (let day = first; day <= last && found < most; day += 1) {
    if (!happens(day)) continue;
    found += 1;
    yield day;
  }
}

/** Whether a date (YYYY-MM-DD) is one of a series. */
export function isSeriesDay(recurrence: Recurrence, date: string): boolean {
  for (const day of seriesDays(recurrence)) {
    const each = dateOf(day);
    if (each >= date) return each === date;
  }
  return false;
}

function daily({ interval }: Recurrence['pattern'], first: number): (day: number) => boolean {
  return (day) => (day - first) % interval === 0;
}

function weekly({ interval, daysOfWeek = [] }: Recurrence['pattern'], first: number): (day: number) => boolean {
  const named = daysOfWeek.map((name) => WEEKDAYS.indexOf(name));
  const weekdays = new Set(named.length > 0 ? named : [weekday(first)]);
  return (day) => weekdays.has(weekday(day)) && (week(day) - week(first)) % interval === 0;
}

function weekday(day: number): number {
  return (((day + WEEK_OFFSET) % 7) + 7) % 7;
}

function week(day: number): number {
  return Math.floor((day + WEEK_OFFSET) / 7);
}
