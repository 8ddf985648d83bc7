import { createFindPeople } from '../../../src/records/people/find-people.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { searchable, searchWordsOfAll } from '../../../src/records/search/search-words.js';
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
  const rows = Array.from({ length: PEOPLE }, (_, n) => searchable(person(n)));
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
    ...{ firstName: n === 1_900 ? 'Māhina' : 'Aroha', lastName: n % 10 === 3 ? 'Te-Kanawa' : 'Kīngi' },
    status: isArchived ? 'archived' : 'invited',
    memberships: [{ teamId: n % 50 === 0 ? 'small' : 'large', isLeader: false, manual: false, mappingIds: [] }],
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, n)),
  };
}

/** How many documents each query for people looked at. */
async function examined(work: () => Promise<unknown>): Promise<number[]> {
  const { db } = database.store;
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const found = await db.collection<{ docsExamined: number }>('system.profile').find({ op: 'query', ns: /\.users$/ });
  const each = (await found.toArray()).map(({ docsExamined }) => docsExamined);
  await db.collection('system.profile').drop();
  return each;
}

test.each([
  ['everybody', {}],
  ['those whom only GetHomeSafe knows', { source: 'other' }],
  ['those from Entra', { source: 'entra' }],
  ['the archived', { status: 'archived' }],
  ['those invited', { status: 'invited' }],
  ['those linked to the tenant', { linkedTo: 't' }],
  ['a small team', { teamId: 'small' }],
  ['a large team', { teamId: 'large' }],
] as const)('a page of %s reads about as many people as it shows, however many there are', async (_name, filter) => {
  const people = createFindPeople(database);
  let shown = 0;
  const each = await examined(async () => {
    const first = await people.list('kiwi', { ...filter, limit: PAGE });
    const after = first.next === null ? {} : { after: first.next };
    await people.list('kiwi', { ...filter, ...after, limit: PAGE });
    shown = first.items.length;
  });
  expect(shown).toBeGreaterThan(0);
  expect(each).toHaveLength(2);
  expect(Math.max(...each)).toBeLessThan(5 * PAGE);
});

test('as many people who were there by hand before the tenant are not read for those who are linked to it', async () => {
  const users = database.store.collection<UserRow>(USERS);
  const rows = Array.from({ length: PEOPLE }, (_, n) => {
    const { entra, emailKey: _key, ...row } = { ...person(0), _id: `m${n}`, enterpriseId: 'moa' };
    const createdAt = new Date(Date.UTC(2026, 0, 1, 0, 0, n));
    const isLinked = n >= PEOPLE / 2;
    return { ...row, createdAt, ...(entra && isLinked && { entra: { ...entra, objectId: row._id } }) };
  });
  await users.insertMany(rows);
  const people = createFindPeople(database);
  let shown: readonly string[] = [];
  const [read = PEOPLE] = await examined(async () => {
    shown = (await people.list('moa', { linkedTo: 't', limit: PAGE })).items.map(({ id }) => id);
  });
  expect(shown).toEqual(Array.from({ length: PAGE }, (_, n) => `m${PEOPLE / 2 + n}`));
  expect(read).toBeLessThan(5 * PAGE);
});

test.each([
  ['nobody has it', 'zzz', []],
  ['one person has it', 'mahina', ['p1900']],
  ['a common word stands before it', 'kingi MĀHINA', ['p1900']],
  ['it is the beginning of an address', 'person1234@k', ['p1234']],
  ['it begins no word', 'ngi', []],
])('a seldom word is found by its index after a common one was looked for: %s', async (_name, text, ids) => {
  const people = createFindPeople(database);
  let found: readonly string[] = [];
  const each = await examined(async () => {
    for (let n = 0; n < 3; n += 1) await people.list('kiwi', { text: 'aroha', limit: PAGE });
    found = (await people.list('kiwi', { text, limit: PAGE })).items.map(({ id }) => id);
  });
  expect(found).toEqual(ids);
  expect(each.at(-1)).toBe(ids.length);
});

test('a common word is read in the order of the list, a page at a time', async () => {
  const people = createFindPeople(database);
  const seen: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = await people.list('kiwi', { text: 'te-k', limit: PAGE, ...(after === '' ? {} : { after }) });
    seen.push(...page.items.map(({ id }) => id));
    after = page.next;
  }
  expect(seen).toEqual(Array.from({ length: PEOPLE / 10 }, (_, n) => `p${n * 10 + 3}`));
});

test('people whom an older version wrote are found once the migration is through', async () => {
  const people = createFindPeople(database);
  await database.store.collection<UserRow>(USERS).updateMany({}, { $unset: { words: '' } });
  expect((await people.list('kiwi', { text: 'mahina' })).items).toEqual([]);
  await searchWordsOfAll.up(database.store.db);
  expect((await people.list('kiwi', { text: 'mahina' })).items).toMatchObject([{ id: 'p1900' }]);
});
