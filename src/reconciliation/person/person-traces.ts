import type { Document, Filter } from 'mongodb';
import { CHANGES, changeId } from '../../changes/change-document.js';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { CALENDARS } from '../../mirror/calendars-store.js';
import { PEOPLE, rowId } from '../../mirror/types.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { PersonRef } from '../../records/people.js';
import { RUN_PROBLEMS } from '../../records/problems/run-problems.js';
import { DECISIONS, LEDGER, PROBLEMS, USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { INTEGRATIONS, type IntegrationRow } from '../../tenancy/types.js';
import { RUN_ITEMS, RUNS, type RunRow } from '../types.js';

/** Everything that one person is known by. */
export interface PersonIds {
  readonly enterpriseId: string;
  readonly tenantId: string | null;
  readonly userId: string | null;
  readonly objectId: string | null;
  /** Addresses of the record, as written and as compared. Somebody else may have them by now. */
  readonly addresses: readonly string[];
  /** Every run of the enterprise: items of plans tell their enterprise by their run only. */
  readonly runIds: readonly string[];
}

/** A place where something about a person is kept: the one list for export and for erasure. */
export interface Trace {
  /** As the export names it. */
  readonly name: string;
  readonly collection: string;
  /** Any number of documents: erased in batches, before what the person is found by. */
  readonly isMany: boolean;
  /** null: nothing there can be about this person. */
  whose(ids: PersonIds): Filter<Document & { _id: string }> | null;
}

export const TRACES: readonly Trace[] = [
  { name: 'ledger', collection: LEDGER, isMany: true, whose: byPerson },
  { name: 'runItems', collection: RUN_ITEMS, isMany: true, whose: ofPlans },
  { name: 'runProblems', collection: RUN_PROBLEMS, isMany: true, whose: byPerson },
  { name: 'activities', collection: 'activities', isMany: true, whose: byPerson },
  { name: 'outbox', collection: 'outbox', isMany: true, whose: aboutOrTo },
  { name: 'notices', collection: 'noticeMessages', isMany: true, whose: byPerson },
  { name: 'problems', collection: PROBLEMS, isMany: false, whose: byPerson },
  { name: 'decisions', collection: DECISIONS, isMany: false, whose: byPerson },
  { name: 'changes', collection: CHANGES, isMany: false, whose: asChanges },
  { name: 'mirror', collection: PEOPLE, isMany: false, whose: inMirror },
  { name: 'calendar', collection: CALENDARS, isMany: false, whose: inMirror },
  { name: 'record', collection: USERS, isMany: false, whose: asRecord },
];

function byPerson({ enterpriseId, userId, objectId }: PersonIds) {
  const known = [...(userId === null ? [] : [{ userId }]), ...(objectId === null ? [] : [{ objectId }])];
  return known.length === 0 ? null : { enterpriseId, $or: known };
}

/** Messages about the person, and those to the person about others, whose ids end with the recipient's. */
function aboutOrTo(ids: PersonIds) {
  const about = byPerson(ids);
  if (about === null || ids.userId === null) return about;
  const { enterpriseId, $or } = about;
  return { enterpriseId, $or: [...$or, { _id: { $regex: `:${ids.userId}$` } }] };
}

function ofPlans({ objectId, runIds }: PersonIds) {
  return objectId === null ? null : { person: objectId, runId: { $in: [...runIds] } };
}

function asChanges(ids: PersonIds) {
  const things = changesAbout(ids);
  return things.length === 0 ? null : { _id: { $in: things.map(changeId) } };
}

/** What may be open about a person: themselves, and their calendar. */
export function changesAbout({ tenantId, objectId }: PersonIds) {
  if (tenantId === null || objectId === null) return [];
  return (['user', 'events'] as const).map((kind) => ({ tenantId, kind, objectId }));
}

function inMirror({ tenantId, objectId }: PersonIds) {
  return tenantId === null || objectId === null ? null : { _id: rowId(tenantId, objectId) };
}

function asRecord({ enterpriseId, userId }: PersonIds) {
  return userId === null ? null : { _id: userId, enterpriseId };
}

export interface FoundPerson {
  readonly ids: PersonIds;
  readonly user: UserRow | null;
}

/** Somebody with a record by id, object id or e-mail; of the directory, where there is no record, by object id. */
export async function findPerson(
  { store, people }: { store: Store; people: Pick<FindPeople, 'findOrNull'> },
  { enterpriseId, person }: PersonRef,
): Promise<FoundPerson> {
  const user = await people.findOrNull(enterpriseId, person);
  const objectId = user ? (user.entra?.objectId ?? null) : normaliseGuid(person);
  const integration = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId });
  const tenantId = user?.entra?.tenantId ?? integration?.tenantId ?? null;
  const runs = store.collection<RunRow>(RUNS).find({ enterpriseId });
  const runIds = await runs
    .project<Pick<RunRow, '_id'>>({ _id: 1 })
    .map(({ _id }) => _id)
    .toArray();
  const addresses = [user?.email, user?.emailKey, user?.formerEmailKey].filter(
    (address) => typeof address === 'string',
  );
  const ids = { enterpriseId, tenantId, userId: user?._id ?? null, objectId, addresses, runIds };
  if (user === null && !(await hasTrace(store, ids))) throw nobody(person);
  return { ids, user };
}

async function hasTrace(store: Store, ids: PersonIds): Promise<boolean> {
  for (const { collection, whose } of TRACES) {
    const filter = whose(ids);
    if (filter && (await store.collection<Document & { _id: string }>(collection).findOne(filter))) return true;
  }
  return false;
}

function nobody(person: string): AppError {
  const text = `Nobody in this enterprise has the id, object id or e-mail address "${person}".`;
  return new AppError('person_not_found', text, { status: 404, field: 'person', command: 'ghs people list' });
}
