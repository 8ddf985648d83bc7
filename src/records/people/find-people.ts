import type { ClientSession, Filter } from 'mongodb';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { emailKeyOf } from '../../projection/email-address.js';
import type { UserStatus } from '../../projection/types.js';
import type { Store } from '../../store/connect.js';
import { cursorInstant, cursorText, readCursor } from '../../store/pages/cursor.js';
import { type Sought, soughtInList } from '../search/people-by-word.js';
import { USERS, type UserRow } from '../types.js';
import { tenantOf } from './directory-facts.js';
import { createPlaces } from './places.js';

/** A person in a list (CONTRACT section 4, people list). */
export interface PersonListItem {
  readonly id: string;
  readonly objectId: string | null;
  readonly status: UserStatus;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Ids of the person's teams. */
  readonly teams: readonly string[];
}

export interface PeopleFilter {
  readonly status?: UserStatus;
  readonly teamId?: string;
  readonly organisationId?: string;
  /** Each word begins one of the address or of a name, whatever its case and marks; or the whole is an id or object id. */
  readonly text?: string;
  /** `entra`: linked to somebody in Entra; `other`: whom only GetHomeSafe knows. */
  readonly source?: 'entra' | 'other';
  /** A tenant: those linked to somebody of it who are not archived. */
  readonly linkedTo?: string;
  /** All where left out. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface FindPeople {
  /** By id, object id or e-mail; of archived people with the address, the one archived last. Throws where nobody is. */
  find(enterpriseId: string, person: string, session?: ClientSession): Promise<UserRow>;
  findOrNull(enterpriseId: string, person: string, session?: ClientSession): Promise<UserRow | null>;
  /** In the order in which they were added. @throws AppError team_not_found, organisation_not_found, invalid_cursor */
  list(enterpriseId: string, filter?: PeopleFilter): Promise<{ items: PersonListItem[]; next: string | null }>;
  /** Ids of the people who lead one of these teams. */
  leadersOf(enterpriseId: string, teamIds: readonly string[]): Promise<string[]>;
}

export function createFindPeople({ store }: { store: Store }): FindPeople {
  const users = store.collection<UserRow>(USERS);
  const places = createPlaces({ store });

  return {
    findOrNull,
    find: async (enterpriseId, person, session) =>
      (await findOrNull(enterpriseId, person, session)) ?? noSuchPerson(person),
    list: async (enterpriseId, filter = {}) => {
      const { limit = 0, text } = filter;
      const sought = text === undefined ? ANYBODY : await soughtInList(store, enterpriseId, text);
      const found = await users
        .find(wanted(enterpriseId, filter, sought), sought.options)
        .sort({ createdAt: 1, _id: 1 })
        .limit(limit === 0 ? 0 : limit + 1)
        .toArray();
      if (found.length === 0) await requirePlaces(enterpriseId, filter);
      const page = limit === 0 ? found : found.slice(0, limit);
      const last = page.at(-1);
      return { items: page.map(listItem), next: last && found.length > page.length ? cursorOf(last) : null };
    },
    leadersOf: async (enterpriseId, teamIds) => {
      if (teamIds.length === 0) return [];
      const leads = { $elemMatch: { teamId: { $in: [...teamIds] }, isLeader: true } };
      const found = await users
        .find({ enterpriseId, memberships: leads, status: { $ne: 'archived' } })
        .project<{ _id: string }>({ _id: 1 })
        .sort({ _id: 1 })
        .toArray();
      return found.map(({ _id }) => _id);
    },
  };

  /** Where nobody is because there is no such place, that is said. */
  async function requirePlaces(enterpriseId: string, { teamId, organisationId }: PeopleFilter): Promise<void> {
    if (teamId !== undefined) await places.team(enterpriseId, teamId);
    if (organisationId !== undefined) await places.organisation(enterpriseId, organisationId);
  }

  /** One after the other, each by its index; only somebody of a tenant that the enterprise had before is searched for. */
  async function byId(enterpriseId: string, id: string, session?: ClientSession): Promise<UserRow | null> {
    const options = session ? { session } : {};
    const own = await users.findOne({ _id: id, enterpriseId }, options);
    if (own) return own;
    const tenantId = await tenantOf(store, enterpriseId, session);
    const linked = { enterpriseId, 'entra.objectId': id };
    const present = tenantId && (await users.findOne({ ...linked, 'entra.tenantId': tenantId }, options));
    return present || users.findOne(linked, options);
  }

  async function findOrNull(enterpriseId: string, person: string, session?: ClientSession): Promise<UserRow | null> {
    const options = session ? { session } : {};
    const id = normaliseGuid(person);
    if (id !== null) return byId(enterpriseId, id, session);
    const key = emailKeyOf(person);
    if (key === null) return users.findOne({ _id: person, enterpriseId }, options);
    return (
      (await users.findOne({ enterpriseId, emailKey: key }, options)) ??
      (await users.findOne({ enterpriseId, formerEmailKey: key }, { ...options, sort: { archivedAt: -1 } }))
    );
  }
}

function noSuchPerson(person: string): never {
  const text = `Nobody in this enterprise has the id, object id or e-mail address "${person}".`;
  throw new AppError('person_not_found', text, { status: 404, field: 'person', command: 'ghs people list' });
}

const ANYBODY: Sought = { conditions: [], options: {} };

function wanted(enterpriseId: string, filter: PeopleFilter, sought: Sought): Filter<UserRow> {
  const { status, teamId, organisationId, source, linkedTo, after } = filter;
  const conditions: Filter<UserRow>[] = [{ enterpriseId }, ...sought.conditions];
  if (status !== undefined) conditions.push({ status });
  if (teamId !== undefined) conditions.push({ 'memberships.teamId': teamId });
  if (organisationId !== undefined) conditions.push({ organisationId });
  if (source !== undefined) conditions.push({ 'entra.objectId': { $exists: source === 'entra' } });
  if (linkedTo !== undefined) {
    // The states are named, so that the index gives each of them in the order of the list.
    const isLinked = { 'entra.tenantId': linkedTo, 'entra.objectId': { $exists: true } };
    conditions.push({ ...isLinked, status: { $in: ['invited', 'active'] } });
  }
  if (after !== undefined) {
    const [createdAtMs, id] = readCursor(after, cursorSchema);
    const createdAt = new Date(createdAtMs);
    conditions.push({ $or: [{ createdAt: { $gt: createdAt } }, { createdAt, _id: { $gt: id } }] });
  }
  return { $and: conditions };
}

function listItem(user: UserRow): PersonListItem {
  const { _id, status, email, firstName, lastName } = user;
  const teams = user.memberships.map(({ teamId }) => teamId);
  return { id: _id, objectId: user.entra?.objectId ?? null, status, email, firstName, lastName, teams };
}

const cursorSchema = z.tuple([cursorInstant, z.string()]);

function cursorOf({ createdAt, _id }: UserRow): string {
  return cursorText([createdAt.getTime(), _id]);
}
