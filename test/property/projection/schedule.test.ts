import fc from 'fast-check';
import { nextInstant, nextInstants, type RunSchedule } from '../../../src/projection/schedule.js';
import { daysWithChange, dueAt, tableAround, type WallTable, wallAt, wallTable } from './wall-clock-oracle.js';

const MINUTE = 60_000;
const MINUTES_OF_DAY = 24 * 60;
const DAY = MINUTES_OF_DAY * MINUTE;
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2028, 0, 1);

const ZONES = Intl.supportedValuesOf('timeZone');

/** Times of day, in minutes: quarters of an hour and their neighbours where the clock is changed, and some elsewhere. */
function timesAround({ changes }: WallTable): number[] {
  const near = changes.flatMap(({ from, to }) => {
    const first = Math.min(from, to) / MINUTE - 30;
    const count = (Math.abs(to - from) / MINUTE + 60) / 15;
    return Array.from({ length: count + 1 }, (_, index) => [first + index * 15, first + index * 15 + 14]).flat();
  });
  const all = [...near, 0, 6 * 60 + 7, MINUTES_OF_DAY - 1].map((minutes) => minutes % MINUTES_OF_DAY);
  return [...new Set(all)];
}

function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

test('E62, E64, E65: in every zone, around every change of its clock, each day runs once and at the right instant', () => {
  const wrong: string[] = [];
  let changes = 0;
  for (const zone of ZONES) {
    for (const day of daysWithChange(zone, FROM, TO)) {
      changes += 1;
      const table = wallTable(zone, day - 4 * DAY, day + 5 * DAY);
      for (const minutes of timesAround(table)) {
        // The days with the change, and one on each side: the change may fall on either of two dates of the wall.
        const due = [-1, 0, 1, 2].map((offset) => dueAt(table, day + offset * DAY + minutes * MINUTE));
        const schedule = { frequency: 'daily', dayOfWeek: 0, dayOfMonth: 1, time: timeOf(minutes), zone } as const;
        const runs = nextInstants(schedule, new Date(Math.min(...due) - 1), due.length).map((at) => at.getTime());
        if (runs.join() !== due.join()) wrong.push(`${zone} ${timeOf(minutes)} ${new Date(day).toISOString()}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  // Half of the world changes its clocks four times in two years: this has to have looked at something.
  expect(changes).toBeGreaterThan(300);
});

const schedules: fc.Arbitrary<RunSchedule> = fc.record({
  frequency: fc.constantFrom('daily' as const, 'weekly' as const, 'monthly' as const),
  dayOfWeek: fc.integer({ min: 0, max: 6 }),
  dayOfMonth: fc.integer({ min: 1, max: 31 }),
  time: fc.integer({ min: 0, max: 24 * 60 - 1 }).map(timeOf),
  zone: fc.constantFrom(...ZONES),
});

/** Whether the schedule runs on a date, by the calendar alone. */
function runsOn({ frequency, dayOfWeek, dayOfMonth }: RunSchedule, date: number): boolean {
  const at = new Date(date);
  if (frequency === 'daily') return true;
  if (frequency === 'weekly') return at.getUTCDay() === dayOfWeek;
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  return at.getUTCDate() === Math.min(dayOfMonth, last);
}

/** The next runs by walking the calendar day by day and the wall minute by minute. */
function expectedRuns(schedule: RunSchedule, after: number, count: number): number[] {
  const [hours = 0, minutes = 0] = schedule.time.split(':').map(Number);
  const today = Math.floor(wallAt(schedule.zone, after) / DAY) * DAY;
  const runs = new Set<number>();
  for (let date = today - 2 * DAY; runs.size < count; date += DAY) {
    if (!runsOn(schedule, date)) continue;
    const due = dueAt(tableAround(schedule.zone, date), date + (hours * 60 + minutes) * MINUTE);
    if (due > after) runs.add(due);
  }
  return [...runs];
}

test('E61 to E65: on 5,000 random days the next runs are those of the calendar and the wall clock', () => {
  const moments = fc.integer({ min: FROM, max: TO });
  fc.assert(
    fc.property(schedules, moments, (schedule, now) => {
      const runs = nextInstants(schedule, new Date(now), 3).map((at) => at.getTime());
      expect(runs).toEqual(expectedRuns(schedule, now, 3));
      // Strictly later: at the very instant comes the one after it, a moment before it comes itself.
      const [first = 0, second] = runs;
      expect(nextInstant(schedule, new Date(first)).getTime()).toBe(second);
      expect(nextInstant(schedule, new Date(first - 1)).getTime()).toBe(first);
    }),
    { numRuns: 5_000 },
  );
});
