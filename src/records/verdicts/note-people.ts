import type { ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import { calendarNote, manualNote } from '../../changes/merge-notes.js';
import type { Store } from '../../store/connect.js';
import { tenantOf } from '../people/directory-facts.js';

/** Has people of the directory, and calendars of some, looked at anew, because something that the rules go by has changed. */
export async function notePeople(
  { store, changes }: { store: Store; changes: Pick<Changes, 'note'> },
  {
    enterpriseId,
    objectIds,
    calendars = [],
  }: { enterpriseId: string; objectIds: readonly string[]; calendars?: readonly string[] },
  session: ClientSession,
): Promise<void> {
  const tenantId = await tenantOf(store, enterpriseId, session);
  // Without a tenant nothing is read; whoever connects again begins with a full run.
  if (!tenantId) return;
  const notes = [...new Set(objectIds)].map((objectId) => manualNote({ tenantId, objectId }));
  const ofCalendars = [...new Set(calendars)].map((objectId) => calendarNote({ tenantId, objectId }, 'manual'));
  await changes.note([...notes, ...ofCalendars], { session });
}
