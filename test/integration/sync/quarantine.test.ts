import type { ChangeRow } from '../../../src/changes/types.js';
import { createMappingViews } from '../../../src/reconciliation/groups/mapping-views.js';
import { REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { startWork, type Work } from '../../support/start-work.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
let work: Work;

beforeAll(async () => {
  stack = await startStack({ env: { ROLES: 'intake,portal' } });
  group = await fieldCrew(stack);
  work = await startWork(stack.services, stack);
  for (const name of ['Aroha', 'Hemi', 'Mere', 'Wiki']) stack.tenant.directory.addMember(group, person(name));
  await stack.sync();
  await subscribed(stack);
  await quiet();
});
afterEach(() => stack.simulator.faults.clear());
afterAll(async () => {
  await work?.stop();
  await stack?.close();
});

/** Nothing is open: what is noted then is what the test does. */
async function quiet(): Promise<void> {
  const { mirror, changes } = stack.services;
  const isQuiet = async () => {
    const { askedAt, roundAt, pending } = await mirror.cursors.load(stack.tenant.id);
    const isAsked = askedAt !== null && (roundAt === null || askedAt > roundAt);
    return !isAsked && pending === null && (await changes.stats(stack.tenant.id)).open === 0;
  };
  await waitFor(isQuiet, { message: 'there is always something to do' });
}

const ids = new Map<string, string>();
function person(name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const known = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const id = ids.get(name) ?? stack.tenant.directory.createUser(known).objectId;
  ids.set(name, id);
  return id;
}

const rename = (name: string, givenName: string) => stack.tenant.directory.updateUser(person(name), { givenName });
const isNamed = async (name: string, firstName: string) =>
  (await stack.services.people.findOrNull(stack.enterpriseId, person(name)))?.firstName === firstName;
const named = (name: string, firstName: string) =>
  waitFor(() => isNamed(name, firstName), { message: `${name} is not ${firstName}` });

const change = (kind: ChangeRow['kind'], objectId: string) =>
  stack.services.changes.find({ tenantId: stack.tenant.id, kind, objectId });
const parkedChange = async (kind: ChangeRow['kind'], objectId: string) => {
  const row = await change(kind, objectId);
  return row?.parked ? row : null;
};
const parkedCode = async (kind: ChangeRow['kind'], objectId: string) =>
  (await parkedChange(kind, objectId))?.parked?.code;

function refuse(path: string, status = 400, code = 'Request_BadRequest'): void {
  const body = { error: { code, message: 'words' } };
  stack.simulator.faults.add({ match: { path }, after: 0, times: 10_000, action: { status, body } });
}

/**
 * Waits until it is set aside: each time it has failed, as if that had been the seventh time of two minutes, after which
 * the eighth is the last. A later notice begins to count anew.
 */
async function setAside(kind: ChangeRow['kind'], objectId: string): Promise<ChangeRow> {
  const failed = { kind, objectId, isParked: false, attempts: { $gt: 0, $lt: 7 } };
  const rows = stack.services.store.collection<{ _id: string }>('changes');
  const isParked = async () => {
    await rows.updateOne(failed, { $set: { attempts: 7, dueAt: new Date(0) } });
    return parkedChange(kind, objectId);
  };
  const row = await waitFor(isParked, { message: 'not set aside' });
  if (row === null) throw new Error('not set aside');
  return row;
}

function parked(name: string, givenName: string): Promise<ChangeRow> {
  refuse(`/users/${person(name)}[?]`);
  rename(name, givenName);
  return setAside('user', person(name));
}

test('one person who cannot be read is set aside with the reason and the next try, and everybody else goes on', async () => {
  const row = await parked('Aroha', 'Parked');
  rename('Hemi', 'Goes on');
  await named('Hemi', 'Goes on');
  expect(row.parked).toMatchObject({ code: 'Request_BadRequest', message: expect.stringContaining('400') });
  expect(row.dueAt.getTime() - Date.now()).toBeGreaterThan(0);
  const { connection, lastError } = await stack.services.integrations.status(stack.enterpriseId);
  expect({ connection, lastError }).toEqual({ connection: 'connected', lastError: null });

  // It is tried again at once when its object changes.
  stack.simulator.faults.clear();
  rename('Aroha', 'Changed again');
  await named('Aroha', 'Changed again');
  // Catch-up may name the person once more meanwhile.
  await waitFor(async () => (await change('user', person('Aroha'))) === null, { message: 'stays open' });
});

test('a person set aside is tried again by hand: one alone, or all of a kind', async () => {
  await parked('Mere', 'By hand');
  await parked('Wiki', 'By kind');
  stack.simulator.faults.clear();
  const tenantId = stack.tenant.id;
  const { changes } = stack.services;
  expect(await changes.retry({ tenantId, kind: 'group' })).toBe(0);
  expect(await changes.retry({ tenantId, id: (await change('user', person('Mere')))?._id ?? '' })).toBe(1);
  await named('Mere', 'By hand');
  expect(await parkedCode('user', person('Wiki'))).toBe('Request_BadRequest');
  expect(await changes.retry({ tenantId, kind: 'user', code: 'Request_BadRequest' })).toBe(1);
  await named('Wiki', 'By kind');
});

test('a group that cannot be read is set aside and keeps no other group waiting', async () => {
  const other = await fieldCrew(stack);
  await stack.sync();
  refuse(`/groups/${group}[?]`);
  const newcomer = person('Tane');
  stack.tenant.directory.addMember(group, newcomer);
  await setAside('group', group);
  stack.tenant.directory.addMember(other, person('Rangi'));
  await named('Rangi', 'Rangi');

  stack.simulator.faults.clear();
  expect(await stack.services.changes.retry({ tenantId: stack.tenant.id, kind: 'group' })).toBe(1);
  await named('Tane', 'Tane');
});

const notHeld = async () => {
  const { connection, lastError } = await stack.services.integrations.status(stack.enterpriseId);
  expect({ connection, lastError }).toEqual({ connection: 'connected', lastError: null });
};
const stateOf = async (groupId: string) =>
  (await stack.services.mirror.groups.load(stack.tenant.id, [groupId])).get(groupId)?.state;
const retryGroups = () => stack.services.changes.retry({ tenantId: stack.tenant.id, kind: 'group' });

test('E16: a group below a mapped one that hides its members is set aside by itself, and holds nobody', async () => {
  const { directory, consentedRoles } = stack.tenant;
  const hidden = directory.createGroup({ displayName: 'Secret', visibility: 'HiddenMembership' }).objectId;
  const open = directory.createGroup({ displayName: 'Open' }).objectId;
  directory.addMember(hidden, person('Ihaia'));
  directory.addMember(open, person('Pania'));
  for (const below of [hidden, open]) directory.addMember(group, below);
  const { parked } = await setAside('group', hidden);
  expect(parked).toMatchObject({ code: 'Authorization_RequestDenied', message: expect.stringContaining('403') });
  await named('Pania', 'Pania');
  rename('Hemi', 'Not held');
  await named('Hemi', 'Not held');
  expect([await stateOf(hidden), await stateOf(group)]).toEqual(['unreadable', 'ok']);
  await notHeld();

  consentedRoles.add('Member.Read.Hidden');
  stack.microsoft.tokens.forget(stack.tenant.id);
  // A try that was under way with the former token may set it aside once more.
  const isReadable = async () => {
    await retryGroups();
    return (await stateOf(hidden)) === 'ok';
  };
  await waitFor(isReadable, { message: 'told of as unreadable', everyMs: 500 });
  await named('Ihaia', 'Ihaia');
  consentedRoles.delete('Member.Read.Hidden');
  directory.removeMember(group, hidden);
  await quiet();
});

test('E16: a mapped group that refuses is set aside, its mapping says so, and everybody below it is read once it does not', async () => {
  const status = async () => {
    const mappings = await createMappingViews(stack.services).list(stack.enterpriseId);
    return mappings.find(({ groupId }) => groupId === group)?.status;
  };
  refuse(`/groups/${group}[?]`, 403, 'Authorization_RequestDenied');
  stack.tenant.directory.addMember(group, person('Moana'));
  await setAside('group', group);
  await waitFor(async () => (await status()) === 'group_unreadable', { message: 'the mapping says nothing' });
  rename('Hemi', 'Not held either');
  await named('Hemi', 'Not held either');
  await notHeld();

  stack.simulator.faults.clear();
  // Once its members do not come: the group is tried again, and is still seen to have come back.
  const match = { path: `/groups/${group}/transitiveMembers/microsoft.graph.user` };
  for (const action of [{ status: 400 }, { delayMs: 1 }])
    stack.simulator.faults.add({ match, after: 0, times: 1, action });
  await retryGroups();
  const isTriedTwice = () => stack.simulator.faults.list().every(({ caught }) => caught > 0);
  await waitFor(isTriedTwice, { message: 'its members are not asked for again' });
  await named('Moana', 'Moana');
  await waitFor(async () => (await status()) === 'ok', { message: 'told of as unreadable' });
});

async function heldAs(code: string) {
  const status = () => stack.services.integrations.status(stack.enterpriseId);
  await waitFor(async () => (await status()).lastError?.code === code, { message: 'not held' });
  expect((await status()).connection).toBe('error');
  return (await status()).lastError;
}

/** Nobody mends anything in GetHomeSafe: the owner notices. */
async function admitted(): Promise<void> {
  const status = () => stack.services.integrations.status(stack.enterpriseId);
  await waitFor(async () => (await status()).connection === 'connected', { message: 'still held' });
  expect((await status()).lastError).toBeNull();
}

test('a person whose record a unique index refuses each time is set aside, and everybody else goes on', async () => {
  const users = stack.services.store.collection('users');
  const one = { unique: true, partialFilterExpression: { firstName: 'Refused' }, name: 'one_refused' } as const;
  await users.createIndex({ firstName: 1 }, one);
  rename('Wiki', 'Refused');
  await named('Wiki', 'Refused');
  rename('Mere', 'Refused');
  await waitFor(() => parkedChange('user', person('Mere')), { message: 'not set aside' });
  rename('Hemi', 'Goes on again');
  await named('Hemi', 'Goes on again');
  expect(await parkedCode('user', person('Mere'))).toBe('internal');
  await users.dropIndex(one.name);
  rename('Mere', 'Refused no more');
  await named('Mere', 'Refused no more');
});

test('a credential that is refused holds the tenant, says so, sets nobody aside, and ends by itself', async () => {
  const description = 'AADSTS7000215: Words of Microsoft. Trace ID: 0 Correlation ID: 0';
  const body = { error: 'invalid_client', error_description: description, error_codes: [7000215] };
  stack.simulator.faults.add({
    ...{ match: { path: '/oauth2/v2.0/token' }, after: 0, times: 10_000, action: { status: 401, body } },
  });
  stack.microsoft.tokens.forget(stack.tenant.id);
  rename('Hemi', 'Held');
  const error = await heldAs('internal');
  expect(error?.message).toMatch(/secret/i);
  const row = await change('user', person('Hemi'));
  expect(row).toMatchObject({ parked: null, attempts: 0 });
  expect(await isNamed('Hemi', 'Held')).toBe(false);

  stack.simulator.faults.clear();
  await admitted();
  await named('Hemi', 'Held');
});

/** One that had to ask often asks seldom when the tenant is held once more: each of these begins with another owner. */
async function anotherOwner(): Promise<void> {
  await work.stop();
  work = await startWork(stack.services, stack);
  await stack.services.mirror.cursors.ask(stack.tenant.id, stack.services.clock.now());
  await quiet();
}

const READING = ['User.Read.All', 'Group.Read.All', 'GroupMember.Read.All'];

function revoke(): void {
  for (const role of READING) stack.tenant.consentedRoles.delete(role);
}

function consent(): void {
  for (const role of REQUESTED_ROLES) stack.tenant.consentedRoles.add(role);
}

test('S31: a sync that was not let in is told until the tenant lets us in: no other sync, and nobody, has to end it', async () => {
  const { lastSyncAt } = await stack.services.integrations.getIntegration(stack.enterpriseId);
  await anotherOwner();
  // Of the sync alone: nothing else is refused, so that nothing else could end it.
  stack.simulator.faults.add({
    ...{ match: { path: 'transitiveMembers' }, after: 0, times: 1_000 },
    action: { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } },
  });
  expect(await stack.sync()).toMatchObject({ status: 'failed', code: 'permission_denied' });
  stack.simulator.faults.clear();
  await heldAs('permission_denied');
  await admitted();
  rename('Mere', 'Let in');
  await named('Mere', 'Let in');
  expect((await stack.services.integrations.getIntegration(stack.enterpriseId)).lastSyncAt).toEqual(lastSyncAt);
});

test('a consent that is taken back holds the tenant also where a group alone tells of it', async () => {
  await anotherOwner();
  revoke();
  stack.microsoft.tokens.forget(stack.tenant.id);
  stack.tenant.directory.addMember(group, person('Nikau'));
  await heldAs('permission_denied');
  expect(await change('group', group)).toMatchObject({ parked: null });
  consent();
  await admitted();
  await named('Nikau', 'Nikau');
});

test('S31: what somebody found out by a check of their own ends by itself as well', async () => {
  await anotherOwner();
  revoke();
  await stack.microsoft.proofs.check(stack.enterpriseId, 'test');
  await heldAs('permission_denied');
  consent();
  await admitted();
});

test('a consent that is taken back holds the tenant, also beyond a restart, until it is given again', async () => {
  await anotherOwner();
  revoke();
  stack.microsoft.tokens.forget(stack.tenant.id);
  rename('Hemi', 'Consented');
  await heldAs('permission_denied');
  await work.stop();
  const { store } = stack.services;
  expect(await store.collection('changes').countDocuments({ isParked: true, kind: 'user' })).toBe(0);
  consent();
  work = await startWork(stack.services, stack);
  await admitted();
  await named('Hemi', 'Consented');
});
