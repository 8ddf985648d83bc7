import { AppError } from '../../../kernel/app-error.js';
import { createSeededRandom } from '../seeded-random.js';
import type { DirectoryView, SimulatedClock } from '../types.js';
import { UnknownObject } from '../unknown-object.js';
import { type CalendarEditing, createEvent, deleteEvent, moveEvent, newEvent, updateEvent } from './calendar-edits.js';
import { createCalendarStore, type Snapshot } from './calendar-store.js';
import type { CalendarChange, Calendars, CalendarView, NewEvent } from './calendar-types.js';
import { eventId as idOf, readEventId } from './event-ids.js';
import { findInstance, instancesOf, sortByStart, wholeEvent } from './event-instances.js';

/** The calendars of one tenant, and how they are filled before anything is remembered or announced. */
export function createCalendars(deps: {
  readonly tenantId: string;
  readonly clock: SimulatedClock;
  directory(): DirectoryView;
}): { readonly calendars: Calendars; fill(userId: string, events: readonly NewEvent[]): void } {
  const store = createCalendarStore(deps.clock);
  const editing: CalendarEditing = { store, random: createSeededRandom(`calendars ${deps.tenantId}`) };
  const listeners: ((change: CalendarChange) => void)[] = [];
  const calendars: Calendars = {
    view: (userId, lagMs = 0) => viewOf(store.asOf(userId, store.nowMs() - Math.max(0, lagMs))),
    viewAt: (userId, sequence) => {
      const snapshot = store.at(userId, sequence);
      return snapshot && viewOf(snapshot);
    },
    createEvent: (userId, event) => edit(userId, () => createEvent(editing, userId, event)),
    updateEvent: (userId, eventId, change) => edit(userId, () => updateEvent(editing, { userId, eventId }, change)),
    deleteEvent: (userId, eventId, how) => edit(userId, () => deleteEvent(editing, { userId, eventId }, how)),
    moveEvent: (userId, eventId, to) => edit(userId, () => moveEvent(editing, { userId, eventId }, to)),
    isOfAnother: (userId, eventId) => {
      const parts = readEventId(eventId);
      return parts !== null && store.isOfAnother(userId, idOf(parts.guid));
    },
    onChange: (listener) => listeners.push(listener),
  };
  return { calendars, fill };

  function edit(userId: string, run: () => CalendarChange): CalendarChange {
    const user = deps.directory().user(userId);
    if (user?.deletedAtMs !== null) throw new UnknownObject(userId, 'live user');
    if (user.mailbox === 'none')
      throw new AppError('no_mailbox', `The user ${userId} has no mailbox; give one first.`, { field: 'id' });
    const change = run();
    for (const listener of listeners) listener(change);
    return change;
  }

  function fill(userId: string, events: readonly NewEvent[]): void {
    const made = events.map((event) => newEvent(editing, event));
    store.put(userId, new Map(made.map((event) => [event.id, event])), Number.NEGATIVE_INFINITY);
  }
}

function viewOf({ sequence, events: all }: Snapshot): CalendarView {
  const events = new Map([...all].filter(([, { isAway }]) => !isAway));
  return {
    ...{ sequence, events },
    find: (eventId) => findInstance(all, eventId),
    all: () => [...events.values()].map(wholeEvent),
    between: (window) => {
      const found = [...events.values()].flatMap((event) => instancesOf(event, window));
      return sortByStart(found, window.zone);
    },
  };
}
