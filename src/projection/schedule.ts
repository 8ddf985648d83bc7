import { DateTime, IANAZone } from 'luxon';
import { AppError } from '../kernel/app-error.js';
import { DAY_MS, MINUTE_MS } from '../kernel/clock.js';

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
  const zone = zoneOf(schedule);
  const minutes = minutesOf(schedule);
  for (const day of daysFrom(schedule, afterExclusive, zone)) {
    const at = instantOf(day, minutes, zone);
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

/**
 * A wall time as an instant, in ms: a repeated hour at its first occurrence, a skipped one shifted forward by the gap
 * (E64, E65). luxon leaves the choice in a repeated hour open, so the two offsets around the day are tried here.
 */
function instantOf({ year, month, day }: Day, minutes: number, zone: IANAZone): number {
  const wall = Date.UTC(year, month - 1, day) + minutes * MINUTE_MS;
  const before = zone.offset(wall - DAY_MS);
  const after = zone.offset(wall + DAY_MS);
  const instants = [before, after]
    .map((offset) => ({ at: wall - offset * MINUTE_MS, offset }))
    .filter(({ at, offset }) => zone.offset(at) === offset)
    .map(({ at }) => at);
  return instants.length > 0 ? Math.min(...instants) : wall - before * MINUTE_MS;
}

function zoneOf({ zone }: RunSchedule): IANAZone {
  const found = IANAZone.create(zone);
  // Later versions of Node take offsets such as +13:00 too: those know no summer time.
  if (found.isValid && /^[a-z]/i.test(zone)) return found;
  throw new AppError('zone_unknown', `"${zone}" is no IANA time zone: give one such as Pacific/Auckland.`, {
    field: 'zone',
  });
}

function minutesOf({ time }: RunSchedule): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours !== undefined && minutes !== undefined) return Number(hours) * 60 + Number(minutes);
  throw new AppError('time_invalid', `"${time}" is no time of day: give HH:MM, 24 hours, such as 02:30.`, {
    field: 'time',
  });
}
