import type { ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import type { Store } from '../../store/connect.js';

/** Has people of the directory looked at anew, because something that the rules go by has changed. */
export async function notePeople(
  { store, changes }: { store: Store; changes: Pick<Changes, 'note'> },
  { enterpriseId, objectIds }: { enterpriseId: string; objectIds: readonly string[] },
  session: ClientSession,
): Promise<void> {
  const integrations = store.collection<{ _id: string; tenantId: string | null }>('integrations');
  const tenantId = (await integrations.findOne({ _id: enterpriseId }, { session }))?.tenantId;
  // Without a tenant nothing is read; whoever connects again begins with a full run.
  if (!tenantId) return;
  const note = { tenantId, kind: 'user', via: 'manual', notified: 0 } as const;
  await changes.note(
    [...new Set(objectIds)].map((objectId) => ({ ...note, objectId })),
    { session },
  );
}
