import type { Changes } from '../changes/create-changes.js';
import { calendarNote } from '../changes/merge-notes.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import { type Calendars, createCalendars } from '../mirror/calendars-store.js';
import { type Cursors, createCursors } from '../mirror/cursors.js';
import { createGroups, type Groups } from '../mirror/groups-store.js';
import { createPeople, type People } from '../mirror/people-store.js';
import type { Store } from '../store/connect.js';
import { mailboxOf } from '../subscriptions/types.js';

/** What Entra and Exchange said when last read. */
export interface MirrorServices {
  readonly people: People;
  readonly groups: Groups;
  readonly cursors: Cursors;
  readonly calendars: Calendars;
}

export function composeMirror(base: { store: Store; chance: Chance }): MirrorServices {
  return {
    people: createPeople(base),
    groups: createGroups(base),
    cursors: createCursors(base),
    calendars: createCalendars(base),
  };
}

/** What subscriptions ask for where a gap may have opened: a catch-up, or a look at each mailbox that is watched. */
export function lookBehind({ mirror, changes, clock }: { mirror: MirrorServices; changes: Changes; clock: Clock }) {
  return async (tenantId: string, ...resources: readonly string[]): Promise<void> => {
    const mailboxes = resources.map(mailboxOf);
    if (mailboxes.includes(null)) await mirror.cursors.ask(tenantId, clock.now());
    const objectIds = mailboxes.filter((objectId) => objectId !== null);
    await changes.note(objectIds.map((objectId) => calendarNote({ tenantId, objectId }, 'catch_up')));
  };
}
