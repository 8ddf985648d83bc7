import { DateTime, type IANAZone } from 'luxon';
import { AppError } from '../kernel/app-error.js';
import { MINUTE_MS } from '../kernel/clock.js';
import { ianaZone, instantOfWall } from './values/wall-time.js';

/** When scheduled syncs run: wall time in a zone, so that 02:30 stays 02:30 the year round (E61, E62). */
export interface RunSchedule {
  readonly frequency: 'daily' | 'weekly' | 'monthly';
  /** 0 is Sunday; used by weekly. */
  readonly dayOfWeek: number;
  /** 1 to 31; used by monthly. Months without that day run on their last one (E63). */
  readonly dayOfMonth: number;
  /** HH:MM, 24 hours. */
  readonly time: string;
  /** IANA time zone. */
  readonly zone: string;
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The first instant of the schedule strictly after another one. Depends on nothing but its arguments. */
export function nextInstant(schedule: RunSchedule, afterExclusive: Date): Date {
  const zone = ianaZone(schedule.zone);
  const minutes = minutesOf(schedule);
  for (const day of daysFrom(schedule, afterExclusive, zone)) {
    const at = instantOfWall(Date.UTC(day.year, day.month - 1, day.day) + minutes * MINUTE_MS, zone);
    if (at > afterExclusive.getTime()) return new Date(at);
  }
  throw new Error('a schedule has always another instant');
}

/** The next `count` instants strictly after `from`. */
export function nextInstants(schedule: RunSchedule, from: Date, count: number): Date[] {
  const instants: Date[] = [];
  for (let after = from; instants.length < count; ) {
    after = nextInstant(schedule, after);
    instants.push(after);
  }
  return instants;
}

/** Days on which the schedule runs, beginning safely before `after`: a gap can carry a run into the next day. */
function* daysFrom(schedule: RunSchedule, after: Date, zone: IANAZone): Generator<Day> {
  const start = DateTime.fromMillis(after.getTime(), { zone }).setZone('utc', { keepLocalTime: true }).startOf('day');
  if (schedule.frequency === 'monthly') {
    for (let month = start.startOf('month').minus({ months: 1 }); ; month = month.plus({ months: 1 })) {
      yield { year: month.year, month: month.month, day: Math.min(schedule.dayOfMonth, month.daysInMonth ?? 28) };
    }
  }
  for (let date = start.minus({ days: 2 }); ; date = date.plus({ days: 1 })) {
    const { year, month, day } = date;
    // luxon counts Sunday as 7.
    if (schedule.frequency === 'daily' || date.weekday % 7 === schedule.dayOfWeek) yield { year, month, day };
  }
}

function minutesOf({ time }: RunSchedule): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours !== undefined && minutes !== undefined) return Number(hours) * 60 + Number(minutes);
  throw new AppError('time_invalid', `"${time}" is no time of day: give HH:MM, 24 hours, such as 02:30.`, {
    field: 'time',
  });
}
