import { DAY_MS } from '../../../src/kernel/clock.js';
import { RUNS, type RunRow } from '../../../src/reconciliation/types.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
let aroha: string;

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
  aroha = person('Aroha');
  stack.tenant.directory.addMember(group, aroha);
  await stack.sync();
  await subscribed(stack);
  // From here on Graph tells us nothing: only delta can.
  await control('deliveries', { loss: 1 });
});

afterAll(() => stack?.close());

function person(name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  return stack.tenant.directory.createUser(properties).objectId;
}

async function control(path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${stack.simulator.control}/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

function userOf(objectId: string): Promise<UserRow | null> {
  return stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
}

const ask = () => stack.services.mirror.cursors.ask(stack.tenant.id, stack.services.clock.now());

test('what Graph lost is found by delta: a changed field, a newcomer and somebody who left', async () => {
  const hemi = person('Hemi');
  stack.tenant.directory.addMember(group, hemi);
  stack.tenant.directory.updateUser(aroha, { surname: 'Ngata' });
  await ask();
  await waitFor(async () => (await userOf(aroha))?.lastName === 'Ngata', { message: 'the field is not applied' });
  await waitFor(async () => (await userOf(hemi)) !== null, { message: 'the newcomer is not there' });
  stack.tenant.directory.removeMember(group, hemi);
  await ask();
  await waitFor(async () => (await userOf(hemi))?.memberships.length === 0, { message: 'did not leave' });
});

test('a group that was taken out of a mapped one and deleted: who was in through it leaves, and nobody waits', async () => {
  const { directory } = stack.tenant;
  const below = directory.createGroup({ displayName: 'below' }).objectId;
  const mere = person('Mere');
  directory.addMember(below, mere);
  directory.addMember(group, below);
  await ask();
  await waitFor(async () => (await userOf(mere)) !== null, { message: 'who is below is not there' });
  directory.removeMember(group, below);
  directory.deleteGroup(below);
  directory.updateUser(aroha, { surname: 'Waititi' });
  await ask();
  await waitFor(async () => (await userOf(mere))?.memberships.length === 0, { message: 'did not leave' });
  await waitFor(async () => (await userOf(aroha))?.lastName === 'Waititi', { message: 'the field is not applied' });
  await atRest();
});

test.each([
  ['Graph does not find', { path: 'user', name: 'Tama', status: 404, code: 'Request_ResourceNotFound' }],
  [
    'is not told of by one that refuses',
    { path: 'group', name: 'Rata', status: 403, code: 'Authorization_RequestDenied' },
  ],
])('a group below a mapped one that %s is looked at by itself, and nobody waits for it', async (_which, fault) => {
  const { directory } = stack.tenant;
  const below = directory.createGroup({ displayName: 'new below' }).objectId;
  const id = person(fault.name);
  directory.addMember(below, id);
  directory.addMember(group, below);
  directory.updateUser(aroha, { surname: fault.name });
  const path = `groups/(${group}|${below})/transitiveMembers/microsoft.graph.${fault.path}`;
  const body = { error: { code: fault.code, message: 'words' } };
  stack.simulator.faults.add({ match: { path }, after: 0, times: 2, action: { status: fault.status, body } });
  await ask();
  await atRest();
  await waitFor(async () => (await userOf(aroha))?.lastName === fault.name, { message: 'the field is not applied' });
  await waitFor(async () => (await userOf(id)) !== null, { message: 'who is below is not there' });
  expect(await stack.services.integrations.status(stack.enterpriseId)).toMatchObject({ lastError: null });
  stack.simulator.faults.clear();
});

test('E16: a group below a mapped one that hides its members is looked at by itself, and no round waits for it', async () => {
  const { directory } = stack.tenant;
  const hidden = directory.createGroup({ displayName: 'hidden', visibility: 'HiddenMembership' }).objectId;
  directory.addMember(hidden, person('Ihaia'));
  directory.addMember(group, hidden);
  directory.updateUser(aroha, { givenName: 'Hinemoa' });
  await ask();
  await atRest();
  await waitFor(async () => (await userOf(aroha))?.firstName === 'Hinemoa', { message: 'the field is not applied' });
  const aboutIt = { tenantId: stack.tenant.id, kind: 'group', objectId: hidden } as const;
  expect(await stack.services.changes.find(aboutIt)).toMatchObject({ round: expect.any(Number) });
  expect(await stack.services.integrations.status(stack.enterpriseId)).toMatchObject({ lastError: null });
  directory.removeMember(group, hidden);
  await ask();
  await waitFor(async () => (await stack.services.changes.find(aboutIt)) === null, { message: 'still asked for' });
});

test('verifiedUntil moves to the start of a round once everything that it named has been read', async () => {
  const before = new Date();
  await ask();
  const verified = async () => {
    const { verifiedUntil } = await stack.services.mirror.cursors.load(stack.tenant.id);
    return verifiedUntil.users !== null && verifiedUntil.users >= before;
  };
  await waitFor(verified, { message: 'not verified' });
});

test('L15: nothing counts as verified while somebody whom the round named is being read', async () => {
  await atRest();
  const { services, simulator, tenant } = stack;
  const before = new Date();
  simulator.faults.add({ match: { path: '/\\$batch' }, after: 0, times: 1, action: { delayMs: 1_500 } });
  tenant.directory.updateUser(aroha, { givenName: 'Read slowly' });
  await ask();
  let isEarly = false;
  const verified = async () => {
    const { verifiedUntil } = await services.mirror.cursors.load(tenant.id);
    const isVerified = verifiedUntil.users !== null && verifiedUntil.users >= before;
    isEarly ||= isVerified && (await userOf(aroha))?.firstName !== 'Read slowly';
    return isVerified;
  };
  await waitFor(verified, { message: 'not verified' });
  simulator.faults.clear();
  expect(isEarly).toBe(false);
});

/** Every round that was asked for has been had: nothing writes links behind the test's back. */
async function atRest(): Promise<void> {
  const rests = async () => {
    const { askedAt, roundAt, pending } = await stack.services.mirror.cursors.load(stack.tenant.id);
    const open = await stack.services.runs.openRun(stack.enterpriseId);
    return open === null && pending === null && askedAt !== null && roundAt !== null && roundAt >= askedAt;
  };
  await waitFor(rests, { message: 'catch-up does not rest' });
}

const restores = () =>
  stack.services.store.collection<RunRow>(RUNS).countDocuments({ trigger: 'restore', status: 'succeeded' });

function refuse(kind: 'users' | 'groups', code: string, times = 1): void {
  const action = { status: 400, body: { error: { code, message: 'expired' } } };
  stack.simulator.faults.add({ match: { path: `${kind}/(microsoft.graph.)?delta` }, after: 0, times, action });
}

test.each([
  ['has forgotten', 'users', 'syncStateNotFound'],
  ['refuses otherwise', 'groups', 'Request_UnsupportedQuery'],
] as const)('a delta link that Graph %s leads to a full read and a fresh link', async (_what, kind, code) => {
  const kahu = person(`Kahu-${kind}`);
  stack.tenant.directory.addMember(group, kahu);
  await atRest();
  const before = await restores();
  refuse(kind, code);
  await ask();
  // A round that fails on the way is asked for again after half a minute.
  await waitFor(async () => (await restores()) > before, { message: 'no full read' });
  expect(await userOf(kahu)).not.toBeNull();
  expect((await stack.services.mirror.cursors.load(stack.tenant.id)).users).not.toBeNull();
});

test('new links that Graph refuses too lead to one full read a day, and are tried meanwhile', async () => {
  const { mirror, store } = stack.services;
  const [tenantId, now] = [stack.tenant.id, Date.now()];
  const set = (refusedAt: Date) =>
    store.transaction((session) => mirror.cursors.update(session, tenantId, { refusedAt }));
  await atRest();
  await set(new Date(now - DAY_MS / 2));
  const [before, { users, groups }] = [await restores(), await mirror.cursors.load(tenantId)];
  refuse('users', 'Request_BadRequest', 1_000);
  await ask();
  await atRest();
  stack.simulator.faults.clear();
  expect(await mirror.cursors.load(tenantId)).toMatchObject({ users, groups });
  expect(await restores()).toBe(before);

  await set(new Date(now - DAY_MS));
  refuse('users', 'Request_BadRequest');
  await ask();
  await waitFor(async () => (await restores()) > before, { message: 'no full read' });
  await atRest();
  expect((await mirror.cursors.load(tenantId)).users).not.toBe(users);
});

test('a delta link of another address than the one where Graph is asked leads to a full read', async () => {
  const { mirror, store } = stack.services;
  await atRest();
  const before = await restores();
  const elsewhere = { users: 'https://graph.example/v1.0/users/delta?$deltatoken=x' };
  await store.transaction((session) => mirror.cursors.update(session, stack.tenant.id, elsewhere));
  await ask();
  await waitFor(async () => (await restores()) > before, { message: 'no full read' });
});

test('L15: where links are lost nothing counts as verified before a run has read everything', async () => {
  const { mirror, store } = stack.services;
  const verifiedUntil = async () => (await mirror.cursors.load(stack.tenant.id)).verifiedUntil.users;
  const failures = () => store.collection<RunRow>(RUNS).countDocuments({ trigger: 'restore', status: 'failed' });
  await atRest();
  const [before, failed] = [await verifiedUntil(), await failures()];
  const path = 'transitiveMembers/microsoft.graph.user';
  const action = { status: 503, headers: { 'Retry-After': '0' } };
  stack.simulator.faults.add({ match: { path }, after: 0, times: 1_000, action });
  refuse('users', 'syncStateNotFound');
  await ask();
  await waitFor(async () => (await failures()) > failed, { message: 'no run has failed' });
  stack.simulator.faults.clear();
  await ask();
  await atRest();
  expect(await verifiedUntil()).toEqual(before);
  await stack.sync();
  expect((await verifiedUntil())?.getTime()).toBeGreaterThan(before?.getTime() ?? 0);
});

test('without links each round that is asked for asks for the full read again', async () => {
  const { mirror, store } = stack.services;
  await atRest();
  const before = await restores();
  // As it is where the run that was asked for could not begin, or had begun before the links were lost.
  const lost = { users: null, groups: null, roundAt: new Date() };
  await store.transaction((session) => mirror.cursors.update(session, stack.tenant.id, lost));
  await ask();
  await waitFor(async () => (await restores()) > before, { message: 'no full read' });
  expect(await mirror.cursors.load(stack.tenant.id)).toMatchObject({
    users: expect.any(String),
    groups: expect.any(String),
  });
});

test('with Enable Team Sync off changes wait for Sync Now', async () => {
  const { settings, changes } = stack.services;
  await settings.setSettings(stack.enterpriseId, { teamSync: false }, { by: 'test' });
  await control('deliveries', { loss: 0 });
  await ownersLooked();
  stack.tenant.directory.updateUser(aroha, { surname: 'Parata' });
  await waitFor(async () => (await changes.stats(stack.tenant.id)).open > 0, { message: 'not noted' });
  expect((await userOf(aroha))?.lastName).toBe('Rata');
  await stack.sync();
  await waitFor(async () => (await userOf(aroha))?.lastName === 'Parata', { message: 'Sync Now did not apply it' });
});
