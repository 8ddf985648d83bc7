import type { PersonRow } from '../../../src/mirror/types.js';
import { LEDGER, type LedgerRow, PROBLEMS, type ProblemRow, USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
  await stack.sync();
  await subscribed(stack);
});

afterAll(() => stack?.close());

type Mailbox = Parameters<Stack['tenant']['directory']['createUser']>[1];

function person(name: string, extra: Record<string, unknown> = {}, mailbox?: Mailbox): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const usual = { displayName: name, givenName: name, surname: 'Tester', mail, userPrincipalName: mail };
  const place = { mobilePhone: '022 518 9900', country: 'New Zealand', usageLocation: 'AU' };
  const { directory } = stack.tenant;
  const id = directory.createUser({ ...usual, ...place, ...extra }, mailbox).objectId;
  directory.addMember(group, id);
  return id;
}

const userOf = (objectId: string) =>
  stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
const rowOf = (objectId: string) => stack.services.store.collection<PersonRow>('people').findOne({ objectId });
const problemsOf = (objectId: string) =>
  stack.services.store.collection<ProblemRow>(PROBLEMS).find({ objectId }).toArray();
const ledgerOf = (objectId: string, field: LedgerRow['field']) =>
  stack.services.store.collection<LedgerRow>(LEDGER).find({ objectId, field }).sort({ at: 1 }).toArray();

async function becomes(objectId: string, wanted: Partial<UserRow>): Promise<UserRow> {
  return waitFor(
    async () => {
      const user = await userOf(objectId);
      expect(user).toMatchObject(wanted);
      return user as UserRow;
    },
    { message: `${objectId} does not come to ${JSON.stringify(wanted)}` },
  );
}

const NZ_BOX: Mailbox = { timeZone: 'New Zealand Standard Time', userPurpose: 'user' };

/** Has the mailbox of somebody read again now, as it is once a day. */
async function readMailboxAgain(objectId: string): Promise<void> {
  const people = stack.services.store.collection<PersonRow>('people');
  const due = new Date(0);
  await people.updateOne({ objectId }, { $set: { mailboxDueAt: due } });
  const read = async () => ((await rowOf(objectId))?.mailboxDueAt ?? due) > due;
  await waitFor(read, { message: 'the mailbox was not read' });
}

interface Recorded {
  readonly path: string;
  readonly parts?: readonly { readonly path: string }[];
}

/** What was asked of Graph, each `$batch` with what it holds. */
async function requests(): Promise<Recorded[]> {
  const response = await fetch(`${stack.simulator.url}/_control/requests`);
  return ((await response.json()) as { items: Recorded[] }).items;
}

async function countOf(about: RegExp): Promise<number> {
  const paths = (await requests()).flatMap(({ path, parts = [] }) => [path, ...parts.map((part) => part.path)]);
  return paths.filter((path) => about.test(decodeURIComponent(path))).length;
}

function mailboxes(parts: readonly { path: string }[]) {
  return parts.filter(({ path }) => path.includes('mailboxSettings'));
}

async function settled(): Promise<void> {
  // Not the statistics: those count notifications, and what we note ourselves is none.
  const open = async () =>
    (await stack.services.changes.list({ tenantId: stack.tenant.id, limit: 1 })).rows.length === 0;
  await waitFor(open, { message: 'changes stay open' });
}

test('S3: a new person in a mapped group appears with all six fields, and nobody typed anything', async () => {
  const id = person('Aroha', {}, NZ_BOX);
  await becomes(id, {
    firstName: 'Aroha',
    lastName: 'Tester',
    email: 'aroha@kiwipower.test',
    mobilePhone: '+64225189900',
    country: 'NZ',
    timeZone: 'Pacific/Auckland',
  });
});

test('S2: a mapped attribute that changes at the source is followed by the next sync', async () => {
  const id = person('Niko');
  await becomes(id, { lastName: 'Tester' });
  await settled();
  stack.tenant.directory.updateUser(id, { surname: 'Ngata' });
  await stack.sync();
  expect((await userOf(id))?.lastName).toBe('Ngata');
});

test('time zones come in batches, once for each newcomer and not for each change, and are spread for the next day', async () => {
  const ids = Array.from({ length: 25 }, (_, index) => person(`Crew${index}`, {}, NZ_BOX));
  await stack.sync();
  for (const id of ids) await becomes(id, { timeZone: 'Pacific/Auckland' });
  const readOf = (id: string) => countOf(new RegExp(`/users/${id}/mailboxSettings`));
  for (const id of ids) expect(await readOf(id)).toBe(1);
  // Nobody is asked for one by one.
  const alone = (await requests()).filter(({ path }) => path.includes('mailboxSettings'));
  const full = (await requests()).filter(
    ({ parts = [] }) => parts.length > 1 && mailboxes(parts).length === parts.length,
  );
  expect([alone.length, full.length > 0]).toEqual([0, true]);

  const [first = ''] = ids;
  for (const surname of ['One', 'Two', 'Three']) {
    stack.tenant.directory.updateUser(first, { surname });
    await becomes(first, { lastName: surname });
  }
  await stack.sync();
  expect(await readOf(first)).toBe(1);

  const now = Date.now();
  const due = await Promise.all(ids.map(async (id) => (await rowOf(id))?.mailboxDueAt?.getTime() ?? 0));
  const hour = 3_600_000;
  for (const at of due) expect([at > now + 11 * hour, at < now + 37 * hour]).toEqual([true, true]);
  expect(Math.max(...due) - Math.min(...due)).toBeGreaterThan(6 * hour);
});

test('S22: a changed mapping is followed by the next sync, without a new delta token', async () => {
  const id = person('Kiri', { country: 'New Zealand', usageLocation: 'AU', mobilePhone: '+64225189900' }, NZ_BOX);
  await becomes(id, { country: 'NZ', timeZone: 'Pacific/Auckland' });
  const newTokens = () => countOf(/deltatoken=latest/i);
  const before = await newTokens();
  expect(before).toBeGreaterThan(0);
  const { settings } = stack.services;
  await settings.setSettings(stack.enterpriseId, { fields: { country: 'usageLocation' } }, { by: 'test' });
  expect((await userOf(id))?.country).toBe('NZ');
  await stack.sync();
  await becomes(id, { country: 'AU' });
  // Between runs a notification is read with the mapping of now.
  stack.tenant.directory.updateUser(id, { usageLocation: 'JP' });
  await becomes(id, { country: 'JP' });
  expect(await newTokens()).toBe(before);
  await settings.setSettings(stack.enterpriseId, { fields: { country: 'country' } }, { by: 'test' });
  await stack.sync();
  await becomes(id, { country: 'NZ' });
});

test('S38: a field that is not mapped is blank for somebody new; mapped and synced it is filled', async () => {
  const { settings } = stack.services;
  await settings.setSettings(stack.enterpriseId, { fields: { mobilePhone: null } }, { by: 'test' });
  await stack.sync();
  const id = person('Mere');
  await becomes(id, { firstName: 'Mere', mobilePhone: null });
  await settings.setSettings(stack.enterpriseId, { fields: { mobilePhone: 'mobilePhone' } }, { by: 'test' });
  await stack.sync();
  await becomes(id, { mobilePhone: '+64225189900' });
});

test('S39: an empty source stays empty, the person is in, and the raw value is told beside', async () => {
  const id = person('Tama', { surname: null, country: null, mobilePhone: 'ask reception' }, 'none');
  await becomes(id, { firstName: 'Tama', lastName: null, country: null, mobilePhone: null, timeZone: null });
  const wanted = [
    'field_blank country',
    'field_blank lastName',
    'field_blank timeZone',
    'phone_unparseable mobilePhone',
  ];
  const told = async () => (await problemsOf(id)).map(({ code, subject }) => `${code} ${subject}`).sort();
  await waitFor(async () => expect(await told()).toEqual(wanted) === undefined, {
    message: 'problems',
  });
  const phone = (await problemsOf(id)).find(({ code }) => code === 'phone_unparseable');
  expect(phone?.message).toContain('"ask reception"');
  expect((await rowOf(id))?.attributes?.values).toMatchObject({ surname: null, mobilePhone: 'ask reception' });
});

test('E33: a blank clears what the directory gave, and leaves what a person typed', async () => {
  const given = person('Wiremu');
  const typed = person('Ana', { mobilePhone: null });
  await becomes(given, { mobilePhone: '+64225189900' });
  const ana = await becomes(typed, { firstName: 'Ana', mobilePhone: null });
  const { people } = stack.services;
  const fields = { mobilePhone: '021 123 4567' };
  await people.edit({ enterpriseId: stack.enterpriseId, person: ana._id }, { fields }, { who: 'test' });
  stack.tenant.directory.updateUser(given, { mobilePhone: null });
  stack.tenant.directory.updateUser(typed, { surname: 'Changed' });
  await becomes(given, { mobilePhone: null });
  await becomes(typed, { lastName: 'Changed', mobilePhone: '+64211234567' });
  await stack.sync();
  expect((await userOf(typed))?.mobilePhone).toBe('+64211234567');
  const [clear] = (await ledgerOf(given, 'mobilePhone')).filter(({ taking }) => taking === 'clear');
  expect(clear).toMatchObject({ before: '+64225189900', after: null, why: expect.stringContaining('empty') });
});

test('E34: the directory wins over what somebody typed into a filled field, and the ledger says so', async () => {
  const id = person('Hana');
  const hana = await becomes(id, { firstName: 'Hana' });
  const ref = { enterpriseId: stack.enterpriseId, person: hana._id };
  await stack.services.people.edit(ref, { fields: { firstName: 'Hannah' } }, { who: 'test' });
  await waitFor(async () => (await ledgerOf(id, 'firstName')).length === 2, { message: 'not put back' });
  expect(await ledgerOf(id, 'firstName')).toMatchObject([
    { before: 'Hana', after: 'Hannah', cause: { by: 'person' } },
    { before: 'Hannah', after: 'Hana', why: expect.stringContaining('givenName') },
  ]);
  expect((await userOf(id))?.firstName).toBe('Hana');
});

test.each([
  ['is refused', { status: 403, body: { error: { code: 'ErrorAccessDenied', message: 'no' } } }],
  ['fails', { status: 500 }],
  ['comes without the property', { status: 200, body: { userPurpose: 'user' } }],
])('E33: a mailbox read that %s never clears the time zone', async (_case, action) => {
  const id = person(`Box${action.status}`, {}, NZ_BOX);
  await becomes(id, { timeZone: 'Pacific/Auckland' });
  stack.simulator.faults.add({ match: { path: `${id}/mailboxSettings` }, after: 0, times: 50, action });
  await readMailboxAgain(id);
  await settled();
  stack.simulator.faults.clear();
  expect((await userOf(id))?.timeZone).toBe('Pacific/Auckland');
  expect((await ledgerOf(id, 'timeZone')).map(({ after }) => after)).toEqual(['Pacific/Auckland']);
});

test('E41: a mailbox that is gone takes nothing; one that has no zone clears what came from it', async () => {
  const id = person('Rangi', {}, NZ_BOX);
  await becomes(id, { timeZone: 'Pacific/Auckland' });
  stack.tenant.directory.updateUser(id, {}, 'none');
  await readMailboxAgain(id);
  expect((await rowOf(id))?.attributes).toMatchObject({ hasNoMailbox: true });
  await stack.sync();
  expect((await userOf(id))?.timeZone).toBe('Pacific/Auckland');
  stack.tenant.directory.updateUser(id, {}, { timeZone: '', userPurpose: 'user' });
  await readMailboxAgain(id);
  await becomes(id, { timeZone: null });
  expect((await rowOf(id))?.attributes).not.toHaveProperty('hasNoMailbox');
});

test('E18: a room that shows as such only after it was imported is told, and nothing is archived or taken', async () => {
  const id = person('Boardroom', {}, { timeZone: 'UTC', userPurpose: 'room' });
  const told = async () => (await problemsOf(id)).find(({ code }) => code === 'not_a_person_mailbox');
  const problem = await waitFor(told, { message: 'no problem' });
  expect(problem?.message).toContain('kept');
  await stack.sync();
  expect(await userOf(id)).toMatchObject({ status: 'invited', memberships: [{ teamId: stack.teams['North'] }] });
  const entries = await stack.services.store.collection<LedgerRow>(LEDGER).find({ objectId: id }).toArray();
  expect(entries.filter(({ kind }) => kind === 'archive' || kind === 'leave')).toEqual([]);
});
