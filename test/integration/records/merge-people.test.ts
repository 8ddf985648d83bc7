import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { ACTIVITY_INDEXES } from '../../../src/records/activities/activity-indexes.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { createLedger, LEDGER_INDEXES } from '../../../src/records/ledger.js';
import { createMergePeople } from '../../../src/records/merge/merge-people.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { createPeople, type People } from '../../../src/records/people.js';
import { type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';
import { anActivity, RUNNING } from '../../unit/records/an-activity.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const BY = { who: 'support', reason: 'one person' };

const clock = createManualClock();
let database: TestStore;
let people: People;

beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, [...USER_INDEXES, ...LEDGER_INDEXES, ...ACTIVITY_INDEXES]);
  people = createPeople(deps());
  for (const enterpriseId of ['e1', 'e2']) {
    const organisation = { enterpriseId, name: 'North', zone: 'Pacific/Auckland', country: 'NZ' };
    await insert('organisations', { _id: `${enterpriseId}-org`, ...organisation });
    await insert('organisations', { _id: `${enterpriseId}-other`, ...organisation });
    for (const [team, home] of [
      ['t1', 'org'],
      ['t2', 'org'],
      ['far', 'other'],
    ])
      await insert('teams', {
        _id: `${enterpriseId}-${team}`,
        enterpriseId,
        organisationId: `${enterpriseId}-${home}`,
      });
  }
  await insert('integrations', { _id: 'e1', tenantId: TENANT });
  await insert('integrations', { _id: 'e2', tenantId: null });
});

afterAll(() => database.drop());

function deps() {
  const { store } = database;
  return { store, clock, chance: systemChance, changes: createChanges({ store, clock, chance: systemChance }) };
}

async function insert(collection: string, row: { _id: string } & Record<string, unknown>): Promise<void> {
  await database.store.collection<{ _id: string }>(collection).insertOne(row);
}

const users = () => database.store.collection<UserRow>(USERS);
const ledgerOf = ({ _id }: UserRow): Promise<LedgerRow[]> => createLedger(database).ofPerson(_id, 50);
const merge = (kept: UserRow, objectId: string, enterpriseId = 'e1') =>
  createMergePeople(deps()).merge({ enterpriseId, person: kept._id, objectId }, BY);

function add(email: string, change: Partial<Parameters<People['add']>[0]> = {}): Promise<UserRow> {
  return people.add({ enterpriseId: 'e1', organisationId: 'e1-org', fields: { email }, ...change }, { who: 'test' });
}

/** A person whom the mirror knows, so that there is somebody to link to. */
async function inDirectory(state = 'present'): Promise<string> {
  const objectId = systemChance.guid();
  await insert('people', { _id: `${TENANT}:${objectId}`, tenantId: TENANT, objectId, state, waitsFor: [] });
  return objectId;
}

/** A record as the sync leaves it. */
async function synced(objectId: string, email: string, change: Partial<UserRow> = {}): Promise<UserRow> {
  const user = await add(email);
  const lastSynced = { mobilePhone: '+64225189900' };
  const entra = { tenantId: TENANT, objectId, linkedBy: 'sync', linkedAt: clock.now(), lastSynced } as const;
  const set: Partial<UserRow> = { origin: 'entra', mobilePhone: '+64225189900', entra, ...change };
  await users().updateOne({ _id: user._id }, { $set: set });
  return { ...user, ...set };
}

const member = (teamId: string, change: Partial<UserRow['memberships'][number]> = {}) => ({
  ...{ teamId, isLeader: false, manual: false, mappingIds: [] },
  ...change,
});

test('S37: a profile that nobody is linked to is linked, says so in the ledger, and is read next', async () => {
  const objectId = await inDirectory();
  const old = await add('ana@example.com', { teamIds: ['e1-t1'] });
  const user = await merge(old, objectId.toUpperCase());
  expect(user).toMatchObject({
    ...{ _id: old._id, email: 'ana@example.com', emailKey: 'ana@example.com', memberships: old.memberships },
    entra: { tenantId: TENANT, objectId, linkedBy: 'support_merge', lastSynced: {} },
  });
  expect((await ledgerOf(user)).find(({ kind }) => kind === 'link')).toMatchObject({
    ...{ objectId, before: null, after: { tenantId: TENANT, objectId } },
    cause: { by: 'person', ...BY },
  });
  const noted = await database.store.collection('changes').findOne({ objectId, kind: 'user' });
  expect(noted).toMatchObject({ via: 'manual' });
});

test('S37: done twice, the second time does nothing', async () => {
  const objectId = await inDirectory();
  const old = await add('twice@example.com');
  const first = await merge(old, objectId);
  const entries = await ledgerOf(old);
  expect(await merge(old, objectId)).toEqual(first);
  expect(await ledgerOf(old)).toEqual(entries);
});

test('S37: what only the record of the sync has comes along, with where it came from; the record itself goes', async () => {
  const objectId = await inDirectory();
  const old = await add('old@example.com', { teamIds: ['e1-t1'] });
  const own = await synced(objectId, 'new@example.com', {
    isAccountAdmin: true,
    memberships: [member('e1-t1', { mappingIds: ['m1'], isLeader: true }), member('e1-t2', { mappingIds: ['m2'] })],
  });
  await insert('activities', { ...anActivity({ ...RUNNING, _id: 'a1', userId: own._id }) });
  const user = await merge(old, objectId);

  expect(user).toMatchObject({
    ...{ email: 'old@example.com', mobilePhone: '+64225189900', isAccountAdmin: true },
    entra: { objectId, lastSynced: { mobilePhone: '+64225189900' } },
    memberships: [
      member('e1-t1', { manual: true, isLeader: true, mappingIds: ['m1'] }),
      member('e1-t2', { mappingIds: ['m2'] }),
    ],
  });
  const gone = await users().findOne({ _id: own._id });
  expect(gone).toMatchObject({
    ...{ status: 'archived', archivedReason: 'support_merge', formerEmailKey: 'new@example.com' },
    memberships: own.memberships,
  });
  expect(gone).not.toHaveProperty('entra');
  expect(gone).not.toHaveProperty('emailKey');
  const written = async (user: UserRow) => {
    const rows = (await ledgerOf(user)).filter(({ cause }) => cause.by === 'person' && cause.who === BY.who);
    return rows.map(({ kind, field, teamId }) => `${kind} ${field ?? teamId ?? ''}`.trim()).sort();
  };
  expect(await written(own)).toEqual(['archive', 'link']);
  const entries = ['activity_update', 'join e1-t1', 'join e1-t2', 'link', 'update', 'update mobilePhone'];
  expect(await written(user)).toEqual(entries);
  const activity = await database.store.collection<ActivityRow>(ACTIVITIES).findOne({ _id: 'a1' });
  expect(activity).toMatchObject({ userId: old._id, status: 'active', open: true, updatedAt: clock.now() });
  expect((await ledgerOf(user)).find(({ activityId }) => activityId === 'a1')).toMatchObject({
    ...{ before: { userId: own._id }, after: { userId: old._id } },
    cause: { by: 'person', ...BY },
  });
});

test('S37: whoever waits for the address of the record that goes is told', async () => {
  const objectId = await inDirectory();
  const waiting = await inDirectory();
  await database.store
    .collection('people')
    .updateOne({ objectId: waiting }, { $set: { waitsFor: ['email:freed@example.com'] } });
  const old = await add('stays@example.com');
  await synced(objectId, 'freed@example.com');
  await merge(old, objectId);
  expect(await database.store.collection('changes').findOne({ objectId: waiting })).toMatchObject({ via: 'manual' });
});

test('S37: an archived profile comes back with its own address, which the record of the sync had taken up', async () => {
  const objectId = await inDirectory();
  const old = await add('back@example.com');
  await people.archive({ enterpriseId: 'e1', person: old._id }, BY);
  await synced(objectId, 'back@example.com');
  const user = await merge(old, objectId);
  expect(user).toMatchObject({ status: 'invited', archivedReason: null, emailKey: 'back@example.com' });
  expect((await ledgerOf(user)).map(({ kind }) => kind)).toContain('restore');
});

test('E26: an archived profile whose address somebody else has is not brought back, and nothing is written', async () => {
  const objectId = await inDirectory();
  const old = await add('in-use@example.com');
  const archived = await people.archive({ enterpriseId: 'e1', person: old._id }, BY);
  await add('in-use@example.com');
  await expect(merge(old, objectId)).rejects.toMatchObject({ code: 'duplicate_email' });
  expect(await users().findOne({ _id: old._id })).toEqual(archived);
});

test('S37: a link to a tenant of before gives way to the one of now (E77)', async () => {
  const objectId = await inDirectory();
  const entra = {
    tenantId: 'former',
    objectId: 'former',
    linkedBy: 'sync',
    linkedAt: clock.now(),
    lastSynced: {},
  } as const;
  const old = await synced('former', 'former@example.com', { entra });
  expect((await merge(old, objectId)).entra).toMatchObject({ tenantId: TENANT, objectId });
});

test('S37, E48: of a meeting that both profiles have an activity of, the one of the linked calendar counts', async () => {
  const objectId = await inDirectory();
  const [old, own] = [await add('met@example.com'), await synced(objectId, 'met-too@example.com')];
  const calendar = (eventId: string, key: string) =>
    ({ source: 'entra_calendar', calendar: { eventId, key } }) as const;
  const rows = [
    anActivity({ _id: 'past', userId: old._id, status: 'finished', ...calendar('e-1', 'shared') }),
    anActivity({ _id: 'stale', userId: old._id, ...calendar('e-2', 'both') }),
    anActivity({ _id: 'follows', userId: own._id, ...calendar('e-3', 'both') }),
    anActivity({ _id: 'first', userId: own._id, status: 'finished', ...calendar('e-4', 'shared') }),
    anActivity({ _id: 'later', userId: own._id, ...calendar('e-4', 'shared||2') }),
    anActivity({ _id: 'alone', userId: own._id, ...calendar('e-5', 'own') }),
  ];
  for (const row of rows) await insert(ACTIVITIES, { ...row });
  await merge(old, objectId);
  const found = await database.store.collection<ActivityRow>(ACTIVITIES).find({ userId: old._id }).toArray();
  const shown = found.map(({ _id, status, calendar }) => [_id, status, calendar?.key]);
  expect(shown.sort()).toEqual([
    ['alone', 'scheduled', 'own'],
    ['first', 'finished', 'shared||2'],
    ['follows', 'scheduled', 'both||2'],
    ['later', 'scheduled', 'shared||3'],
    ['past', 'finished', 'shared'],
    ['stale', 'cancelled', 'both'],
  ]);
  const told = (await ledgerOf(old)).filter(({ activityId }) => activityId === 'follows');
  expect(told).toMatchObject([{ kind: 'activity_update', after: { userId: old._id, calendar: { key: 'both||2' } } }]);
});

describe('S37: refused, with nothing written', () => {
  async function refused(
    kept: UserRow,
    objectId: string,
    { code, field, enterpriseId = 'e1' }: { code: string; field?: string; enterpriseId?: string },
  ): Promise<void> {
    const before = [await users().find({}).toArray(), await database.store.collection('ledger').countDocuments({})];
    const error = { code, ...(field === undefined ? {} : { field }) };
    await expect(merge(kept, objectId, enterpriseId)).rejects.toMatchObject(error);
    expect([await users().find({}).toArray(), await database.store.collection('ledger').countDocuments({})]).toEqual(
      before,
    );
  }

  test('a profile that is linked to somebody else', async () => {
    const linked = await synced(await inDirectory(), 'linked@example.com');
    await refused(linked, await inDirectory(), { code: 'already_linked', field: 'person' });
  });

  test('the profile that the sync made for that very person', async () => {
    const objectId = await inDirectory();
    await refused(await synced(objectId, 'same@example.com'), objectId, { code: 'same_person', field: 'person' });
  });

  test('an object id that nobody has read, or that is none', async () => {
    const old = await add('alone@example.com');
    const unknown = '99999999-9999-4999-8999-999999999999';
    await refused(old, unknown, { code: 'unknown_in_directory', field: 'with' });
    await refused(old, await inDirectory('unread'), { code: 'unknown_in_directory', field: 'with' });
    await refused(old, await inDirectory('soft_deleted'), { code: 'unknown_in_directory', field: 'with' });
    await refused(old, 'alone@example.com', { code: 'invalid_input', field: 'with' });
  });

  test('a profile of another enterprise, and an enterprise that is not connected', async () => {
    const far = await add('far@example.com', { enterpriseId: 'e2', organisationId: 'e2-org' });
    await refused(far, await inDirectory(), { code: 'person_not_found', field: 'person' });
    await refused(far, await inDirectory(), { code: 'not_connected', enterpriseId: 'e2' });
  });

  test('E52: two profiles that are both in the field, until one activity is finished', async () => {
    const objectId = await inDirectory();
    const [old, own] = [await add('out@example.com'), await synced(objectId, 'out-too@example.com')];
    for (const { _id: userId } of [old, own])
      await insert('activities', { ...anActivity({ ...RUNNING, _id: `out-${userId}`, userId }) });
    await refused(old, objectId, { code: 'activity_open', field: 'with' });
    const activities = database.store.collection<ActivityRow>(ACTIVITIES);
    expect(await activities.countDocuments({ userId: own._id, open: true })).toBe(1);
    await activities.updateOne({ _id: `out-${own._id}` }, { $set: { status: 'finished' }, $unset: { open: '' } });
    await merge(old, objectId);
    expect(await activities.countDocuments({ userId: old._id })).toBe(2);
  });

  test.each([
    ['the profile has another address by now', { wanted: 'clash-1@example.com', has: 'changed-1@example.com' }],
    ['the directory person wants another one by now', { wanted: 'changed-2@example.com', has: 'clash-2@example.com' }],
  ])('a clash of addresses that is over: %s', async (_name, { wanted, has }) => {
    const objectId = await inDirectory();
    await database.store.collection('people').updateOne({ objectId }, { $set: { wantedEmailKey: wanted } });
    const user = await add(has);
    const clash = { enterpriseId: 'e1', objectId, userId: user._id };
    const { linkExisting } = createMergePeople(deps());
    for (const emailKey of [wanted, has])
      await expect(linkExisting({ ...clash, emailKey }, BY)).rejects.toMatchObject({
        ...{ code: 'address_changed', field: 'problem' },
      });
    expect(await users().findOne({ _id: user._id })).toEqual(user);
    await database.store.collection('people').updateOne({ objectId }, { $set: { wantedEmailKey: has } });
    const linked = await linkExisting({ ...clash, emailKey: has }, BY);
    expect(linked.entra).toMatchObject({ objectId });
    // An answer that was lost: said again after the address has changed, it is done already.
    await users().updateOne({ _id: user._id }, { $set: { emailKey: `later-${has}` } });
    expect(await linkExisting({ ...clash, emailKey: has }, BY)).toMatchObject({ _id: user._id });
  });

  test('a record of the sync that leads a team where the profile that stays cannot be', async () => {
    const objectId = await inDirectory();
    await synced(objectId, 'leads@example.com', { memberships: [member('e1-far', { isLeader: true })] });
    await refused(await add('leads-old@example.com'), objectId, { code: 'leads_elsewhere', field: 'with' });
  });
});
