import type { ClientSession, Collection, Document } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import { PEOPLE, type PersonRow, rowId } from '../../mirror/types.js';
import type { FindPeople } from '../../records/people/find-people.js';
import { recordTransaction } from '../../records/people/record-transaction.js';
import { noteWaiters } from '../../records/people/waiters.js';
import type { By, PersonRef } from '../../records/people.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { INTEGRATIONS, type IntegrationRow, SETTINGS_CHANGES, type SettingsChangeRow } from '../../tenancy/types.js';
import { forgetInOthers } from './forget-in-others.js';
import { findPerson, type PersonIds, TRACES, type Trace } from './person-traces.js';

export interface EraseDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly changes: Pick<Changes, 'note' | 'find' | 'close'>;
  readonly people: Pick<FindPeople, 'findOrNull'>;
}

export interface Erased {
  /** Id of the record that was; null for people of the directory without one. */
  readonly id: string | null;
  /** Documents that went, by place. A repeated erasure counts what was left for it. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Documents that one transaction deletes. */
const BATCH = 500;

/**
 * Deletes everything that is kept about a person who is archived, or has no record. History goes first, in batches;
 * what the person is found by goes last and in one transaction with the line in the audit log, so that an erasure that
 * was cut off is done again from the start.
 *
 * @throws AppError not_archived, still_in_mapped_group, reason_missing, person_not_found
 */
export async function erasePerson(deps: EraseDeps, ref: PersonRef, by: By): Promise<Erased> {
  const { store } = deps;
  const reason = by.reason?.trim() ?? '';
  if (reason === '')
    throw new AppError('reason_missing', 'Say why with --reason: it stays in the audit log.', { field: 'reason' });
  const { ids, user } = await findPerson(deps, ref);
  const { enterpriseId } = ids;
  const counts: Record<string, number> = {};
  const guarded = <T>(work: (session: ClientSession) => Promise<T>) =>
    recordTransaction(deps, enterpriseId, async (session) => {
      await requireErasable(store, ids, session);
      return work(session);
    });
  await guarded(async () => {});
  for (const trace of TRACES.filter(({ isMany }) => isMany)) {
    for (;;) {
      const deleted = await guarded((session) => deleteSome(store, { trace, ids, limit: BATCH }, session));
      counts[trace.name] = (counts[trace.name] ?? 0) + deleted;
      if (deleted === 0) break;
    }
  }
  const row = await rowOf(store, ids);
  const named = await guarded((session) =>
    forgetInOthers(store, { ids, wantedEmailKey: row?.wantedEmailKey ?? null }, session),
  );
  await guarded((session) => deleteRest({ row, named, counts, reason }, session));
  deps.log.info({ event: 'person.erased', enterpriseId, ...counts }, 'a person was erased');
  return { id: user?._id ?? null, counts };

  async function deleteRest(
    rest: { row: PersonRow | null; named: readonly string[]; counts: Record<string, number>; reason: string },
    session: ClientSession,
  ): Promise<void> {
    await closeChange(deps, ids, session);
    for (const trace of TRACES.filter(({ isMany, name }) => !isMany && name !== 'change')) {
      counts[trace.name] = await deleteSome(store, { trace, ids, limit: BATCH }, session);
    }
    const key = rest.row?.wantedEmailKey;
    await noteWaiters(deps, key ? [`email:${key}`] : [], session);
    const { tenantId } = ids;
    const again = tenantId === null ? [] : rest.named.map((objectId) => ({ tenantId, objectId }));
    await deps.changes.note(
      again.map((other) => ({ ...other, kind: 'user', via: 'manual', notified: 0 })),
      { session },
    );
    // The id of the record is GetHomeSafe's own and leads to nothing any more; nothing that Entra knows is kept.
    const after = { id: ids.userId, reason: rest.reason, counts };
    const line = { enterpriseId, who: by.who, what: 'person.erased', before: null, after };
    await store
      .collection<SettingsChangeRow>(SETTINGS_CHANGES)
      .insertOne({ _id: deps.chance.guid(), at: deps.clock.now(), ...line }, { session });
  }
}

async function deleteSome(
  store: Store,
  { trace, ids, limit }: { trace: Trace; ids: PersonIds; limit: number },
  session: ClientSession,
): Promise<number> {
  const filter = trace.whose(ids);
  if (filter === null) return 0;
  const rows: Collection<Document & { _id: string }> = store.collection(trace.collection);
  const found = await rows.find(filter, { session }).project<{ _id: string }>({ _id: 1 }).limit(limit).toArray();
  if (found.length === 0) return 0;
  return (await rows.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session })).deletedCount;
}

/** An open change has items of Graph's to account for (law L5): it ends as out of scope. */
async function closeChange(
  { changes }: EraseDeps,
  { tenantId, objectId }: PersonIds,
  session: ClientSession,
): Promise<void> {
  if (tenantId === null || objectId === null) return;
  const open = await changes.find({ tenantId, kind: 'user', objectId }, session);
  if (open) await changes.close(session, [{ id: open._id, mark: open.mark, outcome: 'outOfScope' }]);
}

function rowOf(store: Store, { tenantId, objectId }: PersonIds, session?: ClientSession): Promise<PersonRow | null> {
  if (tenantId === null || objectId === null) return Promise.resolve(null);
  const rows = store.collection<PersonRow>(PEOPLE);
  return rows.findOne({ _id: rowId(tenantId, objectId) }, session ? { session } : {});
}

/** Asked again in every transaction: the person may be restored, or join a group, while their history goes. */
async function requireErasable(store: Store, ids: PersonIds, session: ClientSession): Promise<void> {
  const { enterpriseId, userId } = ids;
  const user =
    userId === null ? null : await store.collection<UserRow>(USERS).findOne({ _id: userId, enterpriseId }, { session });
  if (user && user.status !== 'archived') {
    const text = 'This person is in use. Archive the profile first with "ghs people archive", then erase.';
    throw new AppError('not_archived', text, { status: 409, field: 'person' });
  }
  const row = await rowOf(store, ids, session);
  if (row?.state !== 'present') return;
  const integration = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId }, { session });
  const mappings = [...(integration?.settings.mappings ?? []), ...(integration?.inEffect?.settings.mappings ?? [])];
  const mapped = new Set(mappings.map(({ groupId }) => groupId));
  const groups = [...new Set([...row.groupIds, ...row.groupIdsInEffect])].filter((id) => mapped.has(id));
  if (groups.length === 0) return;
  const text =
    `This person is in the mapped group ${groups.join(', ')} in Microsoft Entra ID: the next sync would bring them ` +
    'back. Take them out of the group there, or remove its mapping and sync, then erase.';
  throw new AppError('still_in_mapped_group', text, { status: 409, field: 'person' });
}
