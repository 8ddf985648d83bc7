import { z } from 'zod';
import { AppError } from '../../../src/kernel/app-error.js';
import { DAY_MS, systemClock } from '../../../src/kernel/clock.js';
import { type Activity, type Event, hoursIn, type PersonCalendar, watchedCalendarOf } from '../scene/calendar.js';
import { insist, type Newcomer, type Scene } from '../scene/scene.js';
import type { Tell } from '../story.js';

const VISIT = 'Check pole 7';
/** Every fifth day from tomorrow on: three of them are in the two weeks that are read ahead. */
const ROUND = { name: 'Round of the lines', everyDays: 5, occurrences: 12, inWindow: 3 };

const startedSchema = z.object({ status: z.literal('active') });

/** An eligible event becomes a scheduled activity with the same times and name. */
export async function eventCreated(scene: Scene, { id }: Newcomer, tell: Tell): Promise<void> {
  const calendar = await watchedCalendarOf(scene, id);
  const times = hoursIn(1);
  const sinceMs = systemClock.nowMs();
  await calendar.add({ subject: VISIT, ...times });
  const { tookMs } = await calendar.seen(called(VISIT, 'scheduled'), { for: 'the activity', sinceMs });
  await calendar.shows([{ name: VISIT, status: 'scheduled', start: times.start, finish: times.end }]);
  tell(`scheduled after ${tookMs} ms, ${times.start} to ${times.end}`);
}

/** The event of before is moved by a day: the same activity has the new times. */
export async function eventMoved(scene: Scene, { id }: Newcomer, tell: Tell): Promise<void> {
  const calendar = await watchedCalendarOf(scene, id);
  const event = only(await calendar.named(VISIT));
  const { activity: before } = await arrived(calendar, VISIT);
  const times = hoursIn(2, 1);
  const sinceMs = systemClock.nowMs();
  await calendar.edit(event.id, times);
  const isMoved = ({ start, finish }: Activity) => start === times.start && finish === times.end;
  const { tookMs } = await calendar.seen(isMoved, { for: 'the new times', sinceMs });
  await calendar.shows([{ id: before.id, status: 'scheduled', start: times.start, finish: times.end }]);
  tell(`the same activity from ${times.start} on after ${tookMs} ms`);
}

/** A private event gives nothing; that it was read shows in an event made after it. */
export async function eventPrivate(scene: Scene, { id }: Newcomer, tell: Tell): Promise<void> {
  const calendar = await watchedCalendarOf(scene, id);
  const sinceMs = systemClock.nowMs();
  await calendar.add({ subject: 'Doctor', sensitivity: 'private', ...hoursIn(1) });
  await calendar.add({ subject: VISIT, ...hoursIn(2) });
  const { tookMs } = await calendar.seen(called(VISIT, 'scheduled'), { for: 'the event after it', sinceMs });
  await calendar.shows([{ name: VISIT, status: 'scheduled' }]);
  tell(`no activity; the event made after it is one after ${tookMs} ms`);
}

/** The meeting of before is cancelled by whoever called it. */
export async function eventCancelled(scene: Scene, { id }: Newcomer, tell: Tell): Promise<void> {
  const calendar = await watchedCalendarOf(scene, id);
  const event = only(await calendar.named(VISIT));
  const sinceMs = systemClock.nowMs();
  await calendar.edit(event.id, { isCancelled: true });
  const { activity, tookMs } = await calendar.seen(called(VISIT, 'cancelled'), { for: 'the cancelled one', sinceMs });
  await calendar.shows([{ id: activity.id, status: 'cancelled', cancelledReason: 'event_cancelled' }]);
  tell(`cancelled after ${tookMs} ms, reason event_cancelled`);
}

/** Each occurrence in the days that are read ahead is an activity of its own, and one that is deleted goes alone. */
export async function series(scene: Scene, { id }: Newcomer, tell: Tell): Promise<void> {
  const { name, everyDays, occurrences, inWindow } = ROUND;
  const calendar = await watchedCalendarOf(scene, id);
  const times = hoursIn(1);
  const pattern = { type: 'daily', interval: everyDays };
  const range = { type: 'numbered', startDate: times.start.slice(0, 10), numberOfOccurrences: occurrences };
  const sinceMs = systemClock.nowMs();
  await calendar.add({ subject: name, ...times, recurrence: { pattern, range } });
  const made = await calendar.seen(called(name, 'scheduled'), { for: 'activities of the series', sinceMs });
  const dayOf = (index: number) => new Date(Date.parse(times.start) + index * everyDays * DAY_MS).toISOString();
  const planned = Array.from({ length: inWindow }, (_, index) => ({ name, status: 'scheduled', start: dayOf(index) }));
  await calendar.shows(planned);
  const second = (await calendar.named(name))[1];
  if (!second) throw new AppError('no_occurrence', 'The series has no second occurrence.');
  const deletedMs = systemClock.nowMs();
  await calendar.remove(second.id);
  const gone = await calendar.seen(called(name, 'cancelled'), { for: 'the cancelled occurrence', sinceMs: deletedMs });
  const reason = { status: 'cancelled', cancelledReason: 'event_deleted' };
  await calendar.shows(planned.map((each, index) => (index === 1 ? { ...each, ...reason } : each)));
  tell(`${planned.length} activities after ${made.tookMs} ms; the deleted one alone cancelled after ${gone.tookMs} ms`);
}

/** What a person has started stays, whatever becomes of its event; that the calendar was read shows in another event. */
export async function startedKept(scene: Scene, { id }: Newcomer, tell: Tell): Promise<void> {
  const calendar = await watchedCalendarOf(scene, id);
  const eventId = await calendar.add({ subject: VISIT, ...hoursIn(1) });
  const { activity } = await arrived(calendar, VISIT);
  await scene.stage.ghs(startedSchema, 'activity', 'start', activity.id);
  const sinceMs = systemClock.nowMs();
  await calendar.remove(eventId);
  await calendar.add({ subject: 'Check pole 8', ...hoursIn(2) });
  const about = { for: 'the event after the deletion', sinceMs };
  const { tookMs } = await calendar.seen(called('Check pole 8', 'scheduled'), about);
  const kept = { id: activity.id, name: VISIT, status: 'active', cancelledReason: null };
  await calendar.shows([kept, { name: 'Check pole 8', status: 'scheduled' }]);
  tell(`still active; the event made after the deletion is an activity after ${tookMs} ms`);
}

const arrived = (calendar: PersonCalendar, name: string) =>
  calendar.seen(called(name, 'scheduled'), { for: `the activity ${name}`, sinceMs: systemClock.nowMs() });

function called(wanted: string, state: string): (activity: Activity) => boolean {
  return ({ name, status }) => name === wanted && status === state;
}

function only(events: readonly Event[]): Event {
  const [event] = events;
  insist(event !== undefined && events.length === 1, `The calendar has ${events.length} events of that name.`);
  return event;
}
