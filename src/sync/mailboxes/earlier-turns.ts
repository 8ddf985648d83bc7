import type { ClientSession } from 'mongodb';
import { eventKeyOf } from '../../projection/calendar/turns.js';
import type { EventVerdict } from '../../projection/calendar/types.js';
import { earlierActivitiesOf } from '../../records/activities/calendar-activities.js';
import type { Store } from '../../store/connect.js';
import { verdictsOn } from './decide-calendar.js';
import { type LoadedCalendar, loadedOf } from './load-calendar.js';
import type { CalendarRead } from './read-calendar.js';

interface Looked {
  readonly objectId: string;
  readonly read: CalendarRead | null;
}

/**
 * Calendars with what their events were long ago. Asked for only where an event counts and has no activity at hand: one
 * that comes back after weeks goes on where it was, and one that somebody deleted in GetHomeSafe stays deleted (E50).
 */
export async function withEarlierTurns(
  { store }: { readonly store: Store },
  { loaded, looked, now }: { loaded: ReadonlyMap<string, LoadedCalendar>; looked: readonly Looked[]; now: Date },
  session?: ClientSession,
): Promise<ReadonlyMap<string, LoadedCalendar>> {
  const wanted = new Map<string, string[]>();
  for (const { objectId, read } of looked) {
    const known = loadedOf(loaded, objectId);
    const keys = read?.status === 'ok' && known.user ? withoutActivity(known, { read, now }) : [];
    if (known.user && keys.length > 0) wanted.set(known.user._id, keys);
  }
  const earlier = await earlierActivitiesOf(store, wanted, session);
  if (earlier.size === 0) return loaded;
  return new Map(
    [...loaded].map(([objectId, known]) => {
      const rows = (known.user && earlier.get(known.user._id)) ?? [];
      return [objectId, { ...known, activities: new Map([...known.activities, ...rows.map(byId)]) }];
    }),
  );
}

function withoutActivity(known: LoadedCalendar, looked: Parameters<typeof verdictsOn>[1]): string[] {
  const had = new Set([...known.activities.values()].map(({ calendar }) => eventKeyOf(calendar?.key ?? '')));
  const missing = verdictsOn(known, looked).filter((verdict) => counts(verdict) && !had.has(verdict.event.key));
  return missing.map(({ event }) => event.key);
}

function counts({ reasons }: EventVerdict): boolean {
  return reasons.every((reason) => reason === 'no_activity_type');
}

function byId<Row extends { readonly _id: string }>(row: Row): [string, Row] {
  return [row._id, row];
}
