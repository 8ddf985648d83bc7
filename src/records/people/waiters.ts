import type { ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import type { Note } from '../../changes/types.js';
import type { Store } from '../../store/connect.js';

/** The part of a mirrored person that says what the person waits for (law L6). */
interface WaitingRow {
  readonly _id: string;
  readonly tenantId: string;
  readonly objectId: string;
  /** Such as `email:KEY` or `leader:TEAM`. */
  readonly waitsFor: readonly string[];
}

/** Notes everybody who waits for one of these states, in the transaction that ends them (law L6). */
export async function noteWaiters(
  { store, changes }: { store: Store; changes: Pick<Changes, 'note'> },
  states: readonly string[],
  session: ClientSession,
): Promise<void> {
  if (states.length === 0) return;
  // The second condition is what the partial index covers.
  const waiting = { waitsFor: { $in: [...states] }, 'waitsFor.0': { $exists: true } };
  const rows = await store
    .collection<WaitingRow>('people')
    .find(waiting, { session })
    .project<Pick<WaitingRow, 'tenantId' | 'objectId'>>({ tenantId: 1, objectId: 1 })
    .toArray();
  const notes = rows.map(
    ({ tenantId, objectId }): Note => ({ tenantId, objectId, kind: 'user', via: 'manual', notified: 0 }),
  );
  await changes.note(notes, { session });
}
