import type { ClientSession } from 'mongodb';
import type { Store } from '../store/connect.js';
import { ROWS_A_BATCH } from '../store/rows-a-batch.js';
import { DIRECTORY_PERSON } from './people/user-indexes.js';
import { USERS, type UserRow } from './types.js';

/** An enterprise with its tenant. A tenant may have had another enterprise before: nothing is asked by it alone. */
export interface TenantOf {
  readonly enterpriseId: string;
  readonly tenantId: string;
}

/** Object ids of everybody with a record that the sync may touch: not those an administrator archived (law L10). */
export async function* linkedPeople(store: Store, of: TenantOf): AsyncIterable<string> {
  const rows = store
    .collection<UserRow>(USERS)
    .find({ ...linkedTo(of), enterpriseId: of.enterpriseId, archivedReason: { $ne: 'admin' } })
    .hint(DIRECTORY_PERSON)
    .project<Pick<UserRow, 'entra'>>({ 'entra.objectId': 1 })
    .batchSize(ROWS_A_BATCH);
  for await (const { entra } of rows) if (entra) yield entra.objectId;
}

/** Which of these have a record. */
export async function linkedAmong(store: Store, of: TenantOf, objectIds: readonly string[]): Promise<string[]> {
  const { enterpriseId, tenantId } = of;
  const rows = await store
    .collection<UserRow>(USERS)
    .find({ enterpriseId, 'entra.tenantId': tenantId, 'entra.objectId': { $in: [...objectIds] } })
    .hint(DIRECTORY_PERSON)
    .project<Pick<UserRow, 'entra'>>({ 'entra.objectId': 1 })
    .toArray();
  return rows.flatMap(({ entra }) => entra?.objectId ?? []);
}

/** The account administrator who is this person of a tenant, of whatever enterprise; null: nobody, or archived. */
export async function accountAdministrator(
  store: Store,
  { tenantId, objectId }: { readonly tenantId: string; readonly objectId: string },
): Promise<UserRow | null> {
  const user = await store
    .collection<UserRow>(USERS)
    .findOne({ 'entra.tenantId': tenantId, 'entra.objectId': objectId }, { hint: DIRECTORY_PERSON });
  return user?.isAccountAdmin && user.status !== 'archived' ? user : null;
}

/**
 * Whether a tenant has given people to this enterprise, or to another one. It may look at all people of the tenant:
 * for the rare moments in which a tenant is entered or proved.
 */
export function createTenantLinks({ store }: { store: Store }) {
  const users = store.collection<UserRow>(USERS);
  return {
    ofThis: async (of: TenantOf, session: ClientSession): Promise<boolean> => {
      const own = { ...linkedTo(of), enterpriseId: of.enterpriseId };
      return (await users.findOne(own, { session, hint: DIRECTORY_PERSON })) !== null;
    },
    ofOthers: async (of: TenantOf, session: ClientSession): Promise<boolean> => {
      const foreign = { ...linkedTo(of), enterpriseId: { $ne: of.enterpriseId } };
      return (await users.findOne(foreign, { session, hint: DIRECTORY_PERSON })) !== null;
    },
  };
}

function linkedTo({ tenantId }: TenantOf) {
  return { 'entra.tenantId': tenantId, 'entra.objectId': { $exists: true } };
}
