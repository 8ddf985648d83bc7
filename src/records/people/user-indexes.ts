import type { IndexDefinition } from '../../store/indexes.js';
import { BY_WORD } from '../search/people-by-word.js';
import { USERS } from '../types.js';

/** The index of the people of a tenant. Queries name it: those by enterprise look alike to MongoDB in a small one. */
export const DIRECTORY_PERSON = 'directory_person';

/**
 * Partial by `$exists`, never by `$type`: MongoDB uses a partial index only where it can prove that the query asks for
 * nothing outside of it, and it does not conclude a type from the value that is asked for.
 */
export const USER_INDEXES: readonly IndexDefinition[] = [
  {
    collection: USERS,
    name: 'email',
    keys: { emailKey: 1 },
    options: { unique: true, partialFilterExpression: { emailKey: { $exists: true } } },
    serves: 'one person for an address, over all enterprises (S35)',
  },
  {
    collection: USERS,
    name: DIRECTORY_PERSON,
    keys: { 'entra.tenantId': 1, 'entra.objectId': 1 },
    options: { unique: true, partialFilterExpression: { 'entra.objectId': { $exists: true } } },
    serves: 'one person for an object of a tenant; the records of a batch',
  },
  {
    collection: USERS,
    name: 'former_email',
    keys: { enterpriseId: 1, formerEmailKey: 1 },
    options: { partialFilterExpression: { formerEmailKey: { $exists: true } } },
    serves: 'an archived person by the address',
  },
  {
    collection: USERS,
    name: 'by_status_and_age',
    keys: { enterpriseId: 1, status: 1, 'entra.tenantId': 1, createdAt: 1, _id: 1 },
    serves: "the guard's head count; the list of people linked to a tenant, however many others there are",
  },
  {
    collection: USERS,
    name: 'account_admins',
    keys: { enterpriseId: 1 },
    options: { partialFilterExpression: { isAccountAdmin: true } },
    serves: 'who is told of changed sign-in names (E23)',
  },
  { collection: USERS, name: 'by_age', keys: { enterpriseId: 1, createdAt: 1, _id: 1 }, serves: 'the list of people' },
  {
    collection: USERS,
    name: 'by_source',
    keys: { enterpriseId: 1, 'entra.objectId': 1, createdAt: 1, _id: 1 },
    serves: 'the list of people whom only GetHomeSafe knows, who may be few among many',
  },
  { collection: USERS, name: BY_WORD, keys: { enterpriseId: 1, words: 1 }, serves: 'people by name or address' },
  { collection: USERS, name: 'by_organisation', keys: { organisationId: 1 }, serves: 'the people of an organisation' },
  {
    collection: USERS,
    name: 'by_team',
    keys: { enterpriseId: 1, 'memberships.teamId': 1 },
    serves: 'members and leaders of a team',
  },
];
