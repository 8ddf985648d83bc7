import type { ChangeRow } from '../../changes/types.js';
import type { CalendarEvent } from '../../projection/calendar/types.js';
import { decideCalendar } from './decide-calendar.js';
import type { LoadedCalendar } from './load-calendar.js';
import type { CalendarRead } from './read-calendar.js';

export type LookedAt = Pick<Extract<CalendarRead, { status: 'ok' }>, 'window' | 'at'>;

/**
 * Whether a change can end without a reading: every item that it stands for carried its event, verified, and no such
 * event becomes an activity now nor ever was one. Nothing is written by it but that Graph told and that the change is over (law L2).
 */
export function cannotMatter(change: ChangeRow, loaded: LoadedCalendar, look: LookedAt): boolean {
  const { seen, removed, runId, round } = change;
  if (seen === null || removed || runId !== null || round !== null) return false;
  // Before its first reading nothing is known of what a calendar has.
  if (loaded.calendar?.state !== 'ok') return false;
  // An event that could not be read may be the one that is told of: only a reading takes the problem back.
  if (loaded.calendar.problems.some(({ code }) => code === 'event_unreadable')) return false;
  return seen.every((each) => {
    // Written by the intake, as the rules take it.
    const event = each as unknown as CalendarEvent;
    return !hasActivity(loaded, event) && becomesNone(loaded, { event, look });
  });
}

function becomesNone(loaded: LoadedCalendar, { event, look }: { event: CalendarEvent; look: LookedAt }): boolean {
  const read = {
    ...look,
    status: 'ok',
    events: [event],
    readById: new Map(),
    unreadable: [],
    incomplete: null,
  } as const;
  const { verdicts, changes } = decideCalendar({ ...loaded, activities: new Map() }, { read, now: look.at });
  return changes.length === 0 && verdicts.length === 1 && verdicts.every(({ reasons }) => isClear(reasons));
}

/** Without a type for activities somebody has to be told, which a reading does. */
function isClear(reasons: readonly string[]): boolean {
  return reasons.some((reason) => reason !== 'no_activity_type');
}

/** By its id, its key, or the key of an occurrence: a series can become a single event and the other way round. */
function hasActivity({ activities }: LoadedCalendar, { id, key }: CalendarEvent): boolean {
  const [series = key] = key.split('|');
  return [...activities.values()].some(
    ({ calendar }) =>
      calendar !== undefined &&
      (calendar.eventId === id || calendar.key === series || calendar.key.startsWith(`${series}|`)),
  );
}
