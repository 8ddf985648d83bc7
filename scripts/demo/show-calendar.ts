import { type Activity, calendarOf, hoursIn, type PersonCalendar } from './scene/calendar.js';
import type { Newcomer, Scene } from './scene/scene.js';

/** One thing that happens in Entra or in a calendar, and how it shows in GetHomeSafe. */
export interface Act {
  readonly words: string;
  do(): Promise<unknown>;
  /** Waits until it shows; in words, and the ms since `sinceMs`. */
  seen(sinceMs: number): Promise<{ shown: string; tookMs: number }>;
}

/** An event that stands in somebody's calendar. */
export interface PlannedEvent {
  readonly id: string;
  readonly subject: string;
  readonly isMoved: boolean;
}

interface Planner extends Newcomer {
  event: PlannedEvent | null;
  readonly acts: number;
}

/** Days ahead: near enough to be read, too far to begin while somebody watches. */
const [PLANNED_DAYS, MOVED_DAYS] = [3, 4];

/** A person's event is planned, then moved, then cancelled. */
export function changeCalendar(scene: Scene, person: Planner): Act {
  const calendar = calendarOf(scene, person.id);
  const { event } = person;
  if (event === null) return plan(calendar, person);
  return event.isMoved ? cancel(calendar, person, event) : moveEvent(calendar, person, event);
}

function plan(calendar: PersonCalendar, person: Planner): Act {
  const subject = `Site visit ${person.acts}`;
  const times = hoursIn(PLANNED_DAYS);
  return {
    words: `${person.name} plans "${subject}" on ${shortly(times.start)}`,
    do: async () => {
      person.event = { id: await calendar.add({ subject, ...times }), subject, isMoved: false };
    },
    seen: inActivities(calendar, ({ name, status }) => name === subject && status === 'scheduled'),
  };
}

function moveEvent(calendar: PersonCalendar, person: Planner, event: PlannedEvent): Act {
  const times = hoursIn(MOVED_DAYS, 1);
  return {
    words: `${person.name} moves "${event.subject}" to ${shortly(times.start)}`,
    do: async () => {
      await calendar.edit(event.id, times);
      person.event = { ...event, isMoved: true };
    },
    seen: inActivities(calendar, ({ name, start }) => name === event.subject && start === times.start),
  };
}

function cancel(calendar: PersonCalendar, person: Planner, { id, subject }: PlannedEvent): Act {
  return {
    words: `"${subject}" of ${person.name} is cancelled`,
    do: async () => {
      await calendar.edit(id, { isCancelled: true });
      person.event = null;
    },
    seen: inActivities(calendar, ({ name, status }) => name === subject && status === 'cancelled'),
  };
}

function inActivities(calendar: PersonCalendar, wanted: (activity: Activity) => boolean): Act['seen'] {
  return async (sinceMs) => {
    const { activity, tookMs } = await calendar.seen(wanted, { for: 'the activity', sinceMs });
    const { name, status, start } = activity;
    return { shown: `activity "${name}" ${status}, ${shortly(start ?? '')}`, tookMs };
  };
}

/** 2026-11-29 14:00 */
function shortly(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
