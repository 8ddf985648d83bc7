import { createFindPeople } from '../../../src/records/people/find-people.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { aUser } from '../../unit/records/a-user.js';

const PEOPLE = 2_000;
const PAGE = 50;
let database: TestStore;

beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, USER_INDEXES);
  const rows = Array.from({ length: PEOPLE }, (_, n) => person(n));
  await database.store.collection<UserRow>(USERS).insertMany(rows);
});
afterAll(() => database?.drop());

/** One in 400 is known to GetHomeSafe only, one in 100 is archived. */
function person(n: number): UserRow {
  const isArchived = n % 100 === 99;
  const email = `person${n}@kiwi.example`;
  const { emailKey: _key, entra: _entra, ...rest } = aUser({ _id: `p${n}`, enterpriseId: 'kiwi', email });
  const lastSynced = {};
  const entra = { tenantId: 't', objectId: `o${n}`, linkedBy: 'sync' as const, linkedAt: rest.createdAt, lastSynced };
  return {
    ...rest,
    ...(isArchived ? {} : { emailKey: email }),
    ...(n % 400 === 1 ? {} : { entra }),
    status: isArchived ? 'archived' : 'invited',
    memberships: [{ teamId: n % 50 === 0 ? 'small' : 'large', isLeader: false, manual: false, mappingIds: [] }],
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, n)),
  };
}

test.each([
  ['everybody', {}],
  ['those whom only GetHomeSafe knows', { source: 'other' }],
  ['those from Entra', { source: 'entra' }],
  ['the archived', { status: 'archived' }],
  ['those invited', { status: 'invited' }],
  ['a small team', { teamId: 'small' }],
  ['a large team', { teamId: 'large' }],
] as const)('a page of %s reads about as many people as it shows, however many there are', async (_name, filter) => {
  const { db } = database.store;
  const people = createFindPeople(database);
  await db.command({ profile: 2 });
  const first = await people.list('kiwi', { ...filter, limit: PAGE });
  const after = first.next === null ? {} : { after: first.next };
  await people.list('kiwi', { ...filter, ...after, limit: PAGE });
  await db.command({ profile: 0 });
  const found = await db.collection<{ docsExamined: number }>('system.profile').find({ op: 'query', ns: /\.users$/ });
  const examined = (await found.toArray()).map(({ docsExamined }) => docsExamined);
  await db.collection('system.profile').drop();
  expect(first.items.length).toBeGreaterThan(0);
  expect(examined).toHaveLength(2);
  expect(Math.max(...examined)).toBeLessThan(5 * PAGE);
});
