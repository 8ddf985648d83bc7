import { AppError } from '../../../kernel/app-error.js';
import type { SeededRandom } from '../seeded-random.js';
import { UnknownObject } from '../unknown-object.js';
import type { CalendarStore } from './calendar-store.js';
import type {
  CalendarChange,
  CalendarEvent,
  EventContent,
  EventEdit,
  NewEvent,
  OccurrenceException,
} from './calendar-types.js';
import { changeKey, eventId, newICalUId, readEventId } from './event-ids.js';
import { occurrenceOn } from './event-instances.js';
import { ianaZone } from './time-zones.js';

export interface CalendarEditing {
  readonly store: CalendarStore;
  readonly random: SeededRandom;
}

/** What an event has that says nothing else: a meeting of one's own, busy. */
const USUAL: Omit<EventContent, 'start' | 'end'> = {
  ...{ subject: null, bodyPreview: '', isAllDay: false, showAs: 'busy', sensitivity: 'normal', categories: [] },
  ...{ location: { displayName: '' }, isOnlineMeeting: false, isCancelled: false, isOrganizer: true },
  responseStatus: { response: 'organizer' },
};

/** An edit of any of these makes a series anew, without what was edited or deleted in it. */
const PATTERN_NAMES: readonly string[] = ['start', 'end', 'isAllDay', 'recurrence'];

export function newEvent({ store, random }: CalendarEditing, given: NewEvent): CalendarEvent {
  const { recurrence = null, iCalUId, start, end, ...rest } = given;
  const guid = random.guid();
  const nowMs = store.nowMs();
  return {
    ...{ id: eventId(guid), guid, iCalUId: iCalUId ?? newICalUId(guid), version: store.nextSequence() },
    ...{ createdAtMs: nowMs, modifiedAtMs: nowMs, recurrence, exceptions: new Map(), removedDays: new Set() },
    isAway: false,
    content: { ...USUAL, ...known({ ...rest, start, end }), start, end },
  };
}

export function createEvent(editing: CalendarEditing, userId: string, given: NewEvent): CalendarChange {
  const event = newEvent(editing, given);
  return put(editing, { userId, event, changeType: 'created' });
}

export function updateEvent(
  editing: CalendarEditing,
  at: { readonly userId: string; readonly eventId: string },
  edit: EventEdit,
): CalendarChange {
  const { event, date } = findEvent(editing, at);
  const { recurrence, ...content } = edit;
  const stamp = { version: editing.store.nextSequence(), modifiedAtMs: editing.store.nowMs() };
  if (date !== null) {
    if (recurrence) throw new AppError('no_series', 'An occurrence has no recurrence.', { field: 'recurrence' });
    const before = event.exceptions.get(date)?.edit;
    const exception: OccurrenceException = { ...stamp, edit: { ...before, ...known(content) } };
    const exceptions = new Map(event.exceptions).set(date, exception);
    return put(editing, { userId: at.userId, event: { ...event, ...stamp, exceptions }, changeType: 'updated', date });
  }
  const isNewSeries = Object.entries(edit).some(([name, value]) => value !== undefined && PATTERN_NAMES.includes(name));
  const edited: CalendarEvent = {
    ...event,
    ...stamp,
    ...(recurrence !== undefined && { recurrence }),
    ...(isNewSeries && { exceptions: new Map(), removedDays: new Set() }),
    content: { ...event.content, ...known(content) },
  };
  return put(editing, { userId: at.userId, event: edited, changeType: 'updated' });
}

export function deleteEvent(
  editing: CalendarEditing,
  at: { readonly userId: string; readonly eventId: string },
  { purge = false } = {},
): CalendarChange {
  const { event, date } = findEvent(editing, at, 'anywhere');
  if (date === null) {
    const isPurged = purge || event.isAway;
    return put(editing, { userId: at.userId, event: { ...event, isAway: true }, changeType: 'deleted', isPurged });
  }
  const stamp = { version: editing.store.nextSequence(), modifiedAtMs: editing.store.nowMs() };
  const exceptions = new Map(event.exceptions);
  exceptions.delete(date);
  const removedDays = new Set(event.removedDays).add(date);
  const edited = { ...event, ...stamp, exceptions, removedDays };
  return put(editing, { userId: at.userId, event: edited, changeType: 'deleted', date });
}

export function moveEvent(
  editing: CalendarEditing,
  at: { readonly userId: string; readonly eventId: string },
  to: 'default' | 'other',
): CalendarChange {
  const { event } = findEvent(editing, at, 'anywhere');
  const isAway = to === 'other';
  const changeType = isAway ? 'deleted' : 'created';
  return put(editing, { userId: at.userId, event: { ...event, isAway }, changeType });
}

function findEvent(
  { store }: CalendarEditing,
  at: { readonly userId: string; readonly eventId: string },
  where: 'calendar' | 'anywhere' = 'calendar',
) {
  const { events } = store.asOf(at.userId, store.nowMs());
  const parts = readEventId(at.eventId);
  const event = parts && events.get(eventId(parts.guid));
  const isThere =
    event &&
    (where === 'anywhere' || !event.isAway) &&
    (parts.date === null || occurrenceOn(event, parts.date) !== undefined);
  if (!isThere) throw new UnknownObject(at.eventId, 'event');
  return { event, date: parts.date };
}

/** Puts the edited event in place; an occurrence that is deleted leaves its series behind. */
function put(
  { store }: CalendarEditing,
  edit: {
    readonly userId: string;
    readonly event: CalendarEvent;
    readonly changeType: CalendarChange['changeType'];
    /** The occurrence that the edit was about. */
    readonly date?: string;
    readonly isPurged?: boolean;
  },
): CalendarChange {
  const { userId, event, changeType, date, isPurged } = edit;
  const events = new Map(store.asOf(userId, store.nowMs()).events);
  if (isPurged) events.delete(event.id);
  else events.set(event.id, event);
  const { sequence, atMs } = store.put(userId, events);
  return {
    ...{ sequence, atMs, userId, changeType, changeKey: changeKey(event.guid, event.version) },
    eventId: date === undefined ? event.id : eventId(event.guid, date),
    seriesMasterId: date === undefined ? null : event.id,
  };
}

/** What an edit says; times must be in zones that can be read. */
function known(edit: EventEdit): Partial<EventContent> {
  for (const [field, time] of [['start', edit.start] as const, ['end', edit.end] as const]) {
    if (time === undefined || ianaZone(time.timeZone) !== null) continue;
    const message = `"${time.timeZone}" is no Windows or IANA time zone that is known here.`;
    throw new AppError('unknown_time_zone', message, { field: `${field}.timeZone` });
  }
  return Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));
}
