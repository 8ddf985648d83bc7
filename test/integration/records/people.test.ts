import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { createLedger, LEDGER_INDEXES } from '../../../src/records/ledger.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { createPeople, type People } from '../../../src/records/people.js';
import { createPersonViews } from '../../../src/records/person-view.js';
import { createProblems } from '../../../src/records/problems/problems.js';
import { type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { FENCES, type FenceRow } from '../../../src/store/fence.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const BY = { who: 'cli:test' };

describe('people', () => {
  const clock = createManualClock();
  let test: TestStore;
  let people: People;
  const changes = () => createChanges({ store: test.store, clock, chance: systemChance });

  beforeAll(async () => {
    test = await openTestStore();
    await ensureIndexes(test.store, [...USER_INDEXES, ...LEDGER_INDEXES]);
    people = createPeople({ store: test.store, clock, chance: systemChance, changes: changes() });
    for (const enterpriseId of ['e1', 'e2']) {
      const organisation = { enterpriseId, name: 'North', zone: 'Pacific/Auckland', country: 'NZ' };
      await insert('organisations', { _id: `${enterpriseId}-org`, ...organisation });
      await insert('organisations', { _id: `${enterpriseId}-other`, ...organisation });
    }
    await insert('teams', {
      ...{ _id: 't1', enterpriseId: 'e1', organisationId: 'e1-org' },
      name: 'One',
      settings: { x: 1 },
    });
    await insert('teams', {
      ...{ _id: 't2', enterpriseId: 'e1', organisationId: 'e1-other' },
      name: 'Two',
      settings: {},
    });
    const mappings = [{ id: 'm1', groupId: 'g1', teamId: 't1' }];
    await insert('integrations', { _id: 'e1', settings: { mappings }, inEffect: null });
  });
  afterAll(() => test.drop());

  async function insert(collection: string, row: { _id: string } & Record<string, unknown>) {
    await test.store.collection<{ _id: string }>(collection).insertOne(row);
  }

  function add(email: string, change: Partial<Parameters<People['add']>[0]> = {}): Promise<UserRow> {
    return people.add({ enterpriseId: 'e1', organisationId: 'e1-org', fields: { email }, ...change }, BY);
  }

  const ref = (user: UserRow) => ({ enterpriseId: user.enterpriseId, person: user._id });
  const ledgerOf = (user: UserRow): Promise<LedgerRow[]> => createLedger(test).ofPerson(user._id, 50);

  /** A record as the sync leaves it. */
  async function addSynced(objectId: string, email: string, change: Partial<UserRow> = {}): Promise<UserRow> {
    const user = await add(email);
    const entra = { tenantId: TENANT, objectId, linkedBy: 'sync', linkedAt: clock.now(), lastSynced: {} } as const;
    const set: Partial<UserRow> = { origin: 'entra', entra, ...change };
    await test.store.collection<UserRow>(USERS).updateOne({ _id: user._id }, { $set: set });
    return { ...user, ...set };
  }

  it('adds somebody with what was typed, tidied, and says so in the ledger', async () => {
    const fields = { email: ' New@Example.com', firstName: ' Ana ', mobilePhone: '022 518 9900' };
    const user = await people.add({ enterpriseId: 'e1', organisationId: 'e1-org', fields, teamIds: ['t1'] }, BY);
    expect(user).toMatchObject({ email: 'New@Example.com', emailKey: 'new@example.com', mobilePhone: '+64225189900' });
    const entries = await ledgerOf(user);
    expect(entries.map(({ kind }) => kind).sort()).toEqual(['create', 'join']);
    expect(entries[0]?.cause).toEqual({ by: 'person', who: 'cli:test', reason: null });
  });

  it('refuses an address that somebody of the enterprise has, in any spelling, and names the holder', async () => {
    const holder = await add('taken@example.com');
    await expect(add(' TAKEN@example.com ')).rejects.toMatchObject({
      code: 'duplicate_email',
      field: 'email',
      message: expect.stringContaining(holder._id),
    });
  });

  it('refuses an address that is in use in another enterprise without telling whose it is', async () => {
    const holder = await add('elsewhere@example.com', { enterpriseId: 'e2', organisationId: 'e2-org' });
    const error = await add('elsewhere@example.com').catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'duplicate_email' });
    expect(String(error)).not.toContain(holder._id);
  });

  it('keeps one address for one person when two add it at once', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => add('race@example.com')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(refused).toEqual(['duplicate_email', 'duplicate_email', 'duplicate_email']);
  });

  it('refuses an organisation of another enterprise', async () => {
    await expect(add('x@example.com', { organisationId: 'e2-org' })).rejects.toMatchObject({
      code: 'organisation_not_found',
    });
  });

  it('finds a person by id, object id and e-mail, and nobody of another enterprise', async () => {
    const objectId = '22222222-2222-4222-8222-222222222222';
    const user = await addSynced(objectId, 'find@example.com');
    for (const person of [user._id, objectId, objectId.toUpperCase(), 'FIND@example.com']) {
      expect((await people.find('e1', person))._id).toBe(user._id);
    }
    await expect(people.find('e2', user._id)).rejects.toMatchObject({ code: 'person_not_found' });
  });

  it('writes one entry for each field that an edit changes, and none where nothing changes', async () => {
    const user = await add('edit@example.com');
    await people.edit(ref(user), { fields: { firstName: 'Ed', country: 'NZ' } }, { who: 'cli:test', reason: 'typo' });
    const edit = (await ledgerOf(user)).filter(({ kind }) => kind === 'update');
    expect(edit.map(({ field, before, after }) => [field, before, after]).sort()).toEqual([
      ['country', null, 'NZ'],
      ['firstName', null, 'Ed'],
    ]);
    expect(edit[0]?.cause).toMatchObject({ reason: 'typo' });

    await people.edit(ref(user), { fields: { firstName: 'Ed' } }, BY);
    expect((await ledgerOf(user)).filter(({ kind }) => kind === 'update')).toHaveLength(2);
  });

  it('raises the fence of the enterprise with every write', async () => {
    const fences = test.store.collection<FenceRow>(FENCES);
    const before = await fences.findOne({ _id: 'e1' });
    await add('fence@example.com');
    expect((await fences.findOne({ _id: 'e1' }))?.writes).toBe((before?.writes ?? 0) + 1);
  });

  it('archives: the address is free for others, the history stays', async () => {
    const user = await add('leaver@example.com');
    const gone = await people.archive(ref(user), { who: 'cli:test', reason: 'left' });
    expect(gone).toMatchObject({ status: 'archived', archivedReason: 'admin', formerEmailKey: 'leaver@example.com' });
    expect(gone).not.toHaveProperty('emailKey');
    expect((await ledgerOf(user)).find(({ kind }) => kind === 'archive')).toMatchObject({
      before: 'invited',
      taking: 'archive',
    });
    const successor = await add('leaver@example.com');
    expect((await people.find('e1', 'leaver@example.com'))._id).toBe(successor._id);
  });

  it('refuses to restore somebody whose address is in use by now, and restores once it is free', async () => {
    const user = await add('back@example.com');
    await people.archive(ref(user), BY);
    const other = await add('back@example.com');
    await expect(people.restore(ref(user), BY)).rejects.toMatchObject({ code: 'duplicate_email' });
    await people.edit(ref(other), { fields: { email: 'moved@example.com' } }, BY);
    expect(await people.restore(ref(user), BY)).toMatchObject({ status: 'invited', emailKey: 'back@example.com' });
  });

  describe('who waits for an address', () => {
    const waiter = { tenantId: TENANT, waitsFor: ['email:wanted@example.com'] };
    const openIds = async () =>
      (await changes().list({ tenantId: TENANT, limit: 100 })).rows.map((row) => row.objectId);

    beforeEach(async () => {
      await test.store.db.collection('changes').deleteMany({});
      await test.store.db.collection('people').deleteMany({});
      await insert('people', { _id: `${TENANT}:o1`, objectId: 'o1', ...waiter });
      await insert('people', { _id: `${TENANT}:o2`, objectId: 'o2', tenantId: TENANT, waitsFor: [] });
    });

    it('is noted when its holder is archived', async () => {
      const holder = await add('wanted@example.com');
      expect(await openIds()).toEqual([]);
      await people.archive(ref(holder), BY);
      expect(await openIds()).toEqual(['o1']);
    });

    it('is noted when its holder gets another one', async () => {
      const holder = await add('Wanted@example.com');
      await people.edit(ref(holder), { fields: { email: 'WANTED@EXAMPLE.COM' } }, BY);
      expect(await openIds()).toEqual([]);
      await people.edit(ref(holder), { fields: { email: 'unwanted@example.com' } }, BY);
      expect(await openIds()).toEqual(['o1']);
    });

    it('counts no accepted notification for it', async () => {
      const holder = await add('wanted@example.com');
      await people.archive(ref(holder), BY);
      expect(await changes().stats(TENANT)).toMatchObject({ accepted: 0, open: 0 });
    });
  });

  it('asks the sync to look at a linked person after every act', async () => {
    const objectId = '33333333-3333-4333-8333-333333333333';
    const user = await addSynced(objectId, 'linked@example.com');
    await people.edit(ref(user), { fields: { firstName: 'By hand' } }, BY);
    const { rows: open } = await changes().list({ tenantId: TENANT, limit: 100 });
    expect(open.filter((row) => row.objectId === objectId)).toHaveLength(1);
  });

  it('makes somebody a leader, and a member by hand where need be', async () => {
    const user = await add('leader@example.com');
    const leader = await people.setLeader(ref(user), { teamId: 't1', on: true }, BY);
    expect(leader.memberships).toEqual([{ teamId: 't1', isLeader: true, manual: true, mappingIds: [] }]);
    expect(await people.leadersOf('e1', ['t1'])).toEqual([user._id]);
    const plain = await people.setLeader(ref(user), { teamId: 't1', on: false }, BY);
    expect(plain.memberships).toEqual([{ teamId: 't1', isLeader: false, manual: true, mappingIds: [] }]);
  });

  it('refuses a team of another organisation', async () => {
    const user = await add('misplaced@example.com');
    await expect(people.edit(ref(user), { addTeams: ['t2'] }, BY)).rejects.toMatchObject({
      code: 'team_in_other_organisation',
    });
  });

  it('takes away by hand only what was given by hand', async () => {
    const memberships = [{ teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1'] }];
    const user = await addSynced('44444444-4444-4444-8444-444444444444', 'mapped@example.com', { memberships });
    await expect(people.edit(ref(user), { removeTeams: ['t1'] }, BY)).rejects.toMatchObject({
      code: 'membership_by_mapping',
    });
    await people.edit(ref(user), { addTeams: ['t1'] }, BY);
    const after = await people.edit(ref(user), { removeTeams: ['t1'] }, BY);
    expect(after.memberships).toEqual(memberships);
  });

  it('shows a person with the groups behind each team and the settings that the teams give now', async () => {
    const memberships = [{ teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1'] }];
    const user = await addSynced('55555555-5555-4555-8555-555555555555', 'show@example.com', { memberships });
    const views = createPersonViews({ store: test.store, problems: createProblems({ store: test.store, clock }) });
    expect(await views.show(ref(user))).toMatchObject({
      organisation: 'e1-org',
      teams: [{ id: 't1', name: 'One', reason: 'mapping', groups: ['g1'] }],
      effective: { x: 1, leaders: [] },
      problems: [],
      decisions: [],
    });
  });

  it('lists page by page, each person once, and by part of a name', async () => {
    const all = await people.list('e1');
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await people.list('e1', { limit: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(all.items.map(({ id }) => id));

    const found = await people.list('e1', { text: 'SHOW@', status: 'invited' });
    expect(found.items.map(({ email }) => email)).toEqual(['show@example.com']);
    await expect(people.list('e1', { after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_cursor' });
  });

  it('E13: takes everybody out of a deleted team in batches, with an entry each, and out of no other', async () => {
    const first = await addSynced('0eeeeeee-0000-4000-8000-000000000001', 'crew@example.com');
    const inBoth = [
      { teamId: 'gone', isLeader: true, manual: true, mappingIds: ['m9'] },
      { teamId: 't1', isLeader: false, manual: true, mappingIds: [] },
    ];
    const { _id, emailKey: _key, entra: _entra, ...rest } = { ...first, memberships: inBoth };
    const crowd = Array.from({ length: 404 }, (_, index) => ({ ...rest, _id: `crowd-${index}` }));
    const users = test.store.collection<UserRow>(USERS);
    await users.insertMany([...crowd, { ...rest, _id: 'foreign', enterpriseId: 'e2' }]);
    await users.updateOne({ _id }, { $set: { memberships: inBoth } });

    await expect(people.dropTeam({ enterpriseId: 'e1', teamId: 't1' }, BY)).rejects.toMatchObject({ field: 'team' });
    const team = { enterpriseId: 'e1', teamId: 'gone' };
    expect(await people.dropTeam(team, { ...BY, reason: 'reorganised' })).toBe(405);
    expect(await people.dropTeam(team, BY)).toBe(0);
    const after = await users.findOne({ _id });
    expect(after?.memberships).toEqual([inBoth[1]]);
    expect((await users.findOne({ _id: 'foreign' }))?.memberships).toEqual(inBoth);
    const entries = await test.store.collection<LedgerRow>('ledger').find({ teamId: 'gone' }).toArray();
    expect(new Set(entries.map(({ userId }) => userId)).size).toBe(405);
    const [entry] = (await ledgerOf(first)).filter(({ kind }) => kind === 'leave');
    expect(entry).toMatchObject({
      ...{ objectId: first.entra?.objectId, teamId: 'gone', after: null, taking: null },
      before: { isLeader: true, manual: true, mappingIds: ['m9'] },
      cause: { by: 'person', who: 'cli:test', reason: 'reorganised' },
    });
  });
});
