import type { Store } from '../store/connect.js';
import { USERS, type UserRow } from './types.js';

/** Object ids of everybody with a record that the sync may touch: not those an administrator archived (law L10). */
export async function* linkedPeople(store: Store, tenantId: string): AsyncIterable<string> {
  const rows = store
    .collection<UserRow>(USERS)
    .find({ 'entra.tenantId': tenantId, 'entra.objectId': { $exists: true }, archivedReason: { $ne: 'admin' } })
    .project<Pick<UserRow, 'entra'>>({ 'entra.objectId': 1 });
  for await (const { entra } of rows) if (entra) yield entra.objectId;
}

/** Which of these have a record. */
export function linkedAmong(store: Store, tenantId: string, objectIds: readonly string[]): Promise<string[]> {
  return store
    .collection<UserRow>(USERS)
    .distinct('entra.objectId', { 'entra.tenantId': tenantId, 'entra.objectId': { $in: [...objectIds] } });
}
