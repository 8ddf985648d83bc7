import { DAY_MS } from '../../../kernel/clock.js';
import type { CalendarTime, NewEvent } from '../calendar/calendar-types.js';
import { ianaZone } from '../calendar/time-zones.js';
import { dateOf } from '../calendar/wall-time.js';
import { createSeededRandom, type SeededRandom } from '../seeded-random.js';
import type { DirectoryUser } from '../types.js';

const SUBJECTS = [
  'Site visit',
  'Stand-up',
  'Client call',
  'Inspection',
  'Training',
  'Kaupapa hui',
  'Delivery',
] as const;
const PLACES = ['Depot', 'Whangārei', 'Head office', 'Customer site'] as const;
const DAYS_AROUND = { before: 7, all: 35 };
/** One in so many is a weekly series, one private, one all day. */
const SERIES_EVERY = 4;
const PRIVATE_EVERY = 9;
const ALL_DAY_EVERY = 11;

/** Gives mailboxes the same events for the same seed and day, whatever else is seeded. */
export function createEventSeeder(options: { seed: string; count: number; nowMs: number }) {
  const random = createSeededRandom(`events ${options.seed}`);
  const today = Math.floor(options.nowMs / DAY_MS);
  return ({ mailbox }: DirectoryUser): readonly NewEvent[] => {
    if (typeof mailbox === 'string') return [];
    const timeZone = ianaZone(mailbox.timeZone) === null ? 'UTC' : mailbox.timeZone;
    return Array.from({ length: options.count }, () => seedEvent(random, { today, timeZone }));
  };
}

function seedEvent(random: SeededRandom, at: { today: number; timeZone: string }): NewEvent {
  const day = at.today - DAYS_AROUND.before + random.below(DAYS_AROUND.all);
  const hour = 7 + random.below(10);
  const [startDate, isAllDay] = [dateOf(day), random.below(ALL_DAY_EVERY) === 0];
  const time = (date: string, clock: number): CalendarTime => ({
    dateTime: `${date}T${String(clock).padStart(2, '0')}:00:00`,
    timeZone: at.timeZone,
  });
  const isSeries = random.below(SERIES_EVERY) === 0;
  return {
    subject: random.pick(SUBJECTS),
    ...(isAllDay
      ? { start: time(startDate, 0), end: time(dateOf(day + 1), 0), isAllDay }
      : { start: time(startDate, hour), end: time(startDate, hour + 1 + random.below(3)) }),
    location: { displayName: random.pick(PLACES) },
    sensitivity: random.below(PRIVATE_EVERY) === 0 ? 'private' : 'normal',
    showAs: random.pick(['busy', 'busy', 'busy', 'tentative', 'free', 'oof']),
    ...(isSeries && {
      recurrence: { pattern: { type: 'weekly', interval: 1 }, range: { type: 'noEnd', startDate } },
    }),
  };
}
