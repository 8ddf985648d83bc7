import type { ClientSession, Collection, Document } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import { manualNote } from '../../changes/merge-notes.js';
import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { chunksFrom } from '../../kernel/lists.js';
import type { Log } from '../../kernel/log.js';
import { PEOPLE, type PersonRow, rowId } from '../../mirror/types.js';
import type { FindPeople } from '../../records/people/find-people.js';
import { recordTransaction } from '../../records/people/record-transaction.js';
import { noteWaiters } from '../../records/people/waiters.js';
import type { By, PersonRef } from '../../records/people.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { forgetAnswers } from '../../store/once-only.js';
import { INTEGRATIONS, type IntegrationRow, SETTINGS_CHANGES, type SettingsChangeRow } from '../../tenancy/types.js';
import { forgetInHistory, forgetInProblems, type Names, namesOf } from './forget-in-others.js';
import { changesAbout, findPerson, type PersonIds, TRACES, type Trace } from './person-traces.js';

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
  for (const trace of TRACES.filter(({ isMany }) => isMany)) counts[trace.name] = await deleteAll(trace);
  const row = await rowOf(store, ids);
  const names = namesOf(ids, row?.wantedEmailKey ?? null);
  await forgetInHistory(store, ids, names);
  const lineId = deps.chance.guid();
  await guarded((session) => deleteRest({ lineId, row, names }, session));
  deps.log.info({ event: 'person.erased', enterpriseId, ...counts }, 'a person was erased');
  return { id: user?._id ?? null, counts };

  /** The ids are looked up outside of the transactions, once for all batches; until a look finds none any more. */
  async function deleteAll(trace: Trace): Promise<number> {
    let deleted = 0;
    for (;;) {
      let found = 0;
      for await (const batch of chunksFrom(idsOf(store, trace, ids), BATCH)) {
        found += batch.length;
        deleted += await guarded((session) => deleteThese(store, { trace, batch }, session));
      }
      if (found === 0) return deleted;
    }
  }

  async function deleteRest(
    { lineId, row, names }: { lineId: string; row: PersonRow | null; names: Names },
    session: ClientSession,
  ): Promise<void> {
    const log = store.collection<SettingsChangeRow>(SETTINGS_CHANGES);
    // An earlier attempt whose answer was lost may have done it all.
    if (await log.findOne({ _id: lineId }, { session })) return;
    await closeChanges(deps, ids, session);
    const named = await forgetInProblems(store, { ids, names }, session);
    for (const trace of TRACES.filter(({ isMany, name }) => !isMany && name !== 'changes')) {
      const filter = trace.whose(ids);
      counts[trace.name] =
        filter === null ? 0 : (await rowsOf(store, trace).deleteMany(filter, { session })).deletedCount;
    }
    counts['answers'] = await forgetAnswers(store, { enterpriseId, names }, session);
    await noteOthers({ row, named }, session);
    // The id of the record is GetHomeSafe's own and leads to nothing any more; nothing that Entra knows is kept.
    const after = { id: ids.userId, reason, counts };
    const line = { enterpriseId, who: by.who, what: 'person.erased', before: null, after };
    await log.insertOne({ _id: lineId, at: deps.clock.now(), ...line }, { session });
  }

  /** Who waited for the person's address, and whose problem named the person, is looked at again (law L6). */
  async function noteOthers(
    { row, named }: { row: PersonRow | null; named: readonly string[] },
    session: ClientSession,
  ): Promise<void> {
    const { tenantId, objectId: own } = ids;
    await noteWaiters(deps, row?.wantedEmailKey ? [`email:${row.wantedEmailKey}`] : [], session);
    const others =
      tenantId === null ? [] : named.filter((id) => id !== own).map((objectId) => ({ tenantId, objectId }));
    await deps.changes.note(others.map(manualNote), { session });
  }
}

function rowsOf(store: Store, { collection }: Trace): Collection<Document & { _id: string }> {
  return store.collection(collection);
}

async function* idsOf(store: Store, trace: Trace, ids: PersonIds): AsyncIterable<string> {
  const filter = trace.whose(ids);
  if (filter === null) return;
  const found = rowsOf(store, trace).find(filter).project<{ _id: string }>({ _id: 1 });
  for await (const { _id } of found) yield _id;
}

async function deleteThese(
  store: Store,
  { trace, batch }: { trace: Trace; batch: readonly string[] },
  session: ClientSession,
): Promise<number> {
  return (await rowsOf(store, trace).deleteMany({ _id: { $in: [...batch] } }, { session })).deletedCount;
}

/** Open changes have items of Graph's to account for (law L5): they end as out of scope. */
async function closeChanges({ changes }: EraseDeps, ids: PersonIds, session: ClientSession): Promise<void> {
  for (const thing of changesAbout(ids)) {
    const open = await changes.find(thing, session);
    if (open) await changes.close(session, [{ id: open._id, mark: open.mark, outcome: 'outOfScope' }]);
  }
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
    const text = 'This person is in use. Archive the profile first, then erase.';
    throw new AppError('not_archived', text, { status: 409, field: 'person', command: 'ghs people archive' });
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
