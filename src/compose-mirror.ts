import { type Calendars, createCalendars } from './mirror/calendars-store.js';
import { type Cursors, createCursors } from './mirror/cursors.js';
import { createGroups, type Groups } from './mirror/groups-store.js';
import { createPeople, type People } from './mirror/people-store.js';
import type { Store } from './store/connect.js';

/** What Entra and Exchange said when last read. */
export interface MirrorServices {
  readonly people: People;
  readonly groups: Groups;
  readonly cursors: Cursors;
  readonly calendars: Calendars;
}

export function composeMirror(base: { store: Store }): MirrorServices {
  return {
    people: createPeople(base),
    groups: createGroups(base),
    cursors: createCursors(base),
    calendars: createCalendars(base),
  };
}
