import { DECISIONS, PROBLEMS, type ProblemRow, USERS, type UserRow } from '../../../src/records/types.js';
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

/** Makes a person in the tenant; a member of the mapped group unless told. */
function person(name: string, { member = true, ...extra }: Record<string, unknown> = {}): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = {
    displayName: name,
    givenName: name,
    mail,
    userPrincipalName: mail,
    accountEnabled: true,
    ...extra,
  };
  const id = stack.tenant.directory.createUser(properties).objectId;
  if (member) stack.tenant.directory.addMember(group, id);
  return id;
}

function userOf(objectId: string): Promise<UserRow | null> {
  return stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
}

async function becomes(objectId: string, status: UserRow['status']): Promise<UserRow> {
  const condition = async () => {
    const user = await userOf(objectId);
    return user?.status === status ? user : null;
  };
  const found = await waitFor(condition, { message: `${objectId} does not become ${status}` });
  if (!found) throw new Error('not found');
  return found;
}

function problemsOf(objectId: string): Promise<ProblemRow[]> {
  return stack.services.store.collection<ProblemRow>(PROBLEMS).find({ objectId, severity: 'error' }).toArray();
}

async function settled(): Promise<void> {
  const open = async () => (await stack.services.changes.stats(stack.tenant.id)).open === 0;
  await waitFor(open, { message: 'changes stay open' });
}

test('an address that a manual user has fails that person and no other, until the profile is archived', async () => {
  const { people } = stack.services;
  const email = 'mere@kiwipower.test';
  const { organisationId, enterpriseId } = stack;
  const manual = await people.add({ enterpriseId, organisationId, fields: { email } }, { who: 'test' });
  const mere = person('Mere');
  const tama = person('Tama');
  await becomes(tama, 'invited');
  await waitFor(async () => (await problemsOf(mere)).length === 1, { message: 'no problem' });
  expect(await problemsOf(mere)).toMatchObject([{ code: 'duplicate_email', objectId: mere }]);
  expect(await userOf(mere)).toBeNull();

  await people.archive({ enterpriseId, person: manual._id }, { who: 'test' });
  const user = await becomes(mere, 'invited');
  expect(user).toMatchObject({ email });
  await waitFor(async () => (await problemsOf(mere)).length === 0, { message: 'the problem stays' });
});

test('two newcomers with one address are both refused, whoever was read first', async () => {
  const one = person('Twin', { mail: 'twins@kiwipower.test' });
  const two = person('Other', { mail: 'twins@kiwipower.test' });
  await waitFor(async () => (await problemsOf(two)).length + (await problemsOf(one)).length > 0, {
    message: 'no problem',
  });
  await settled();
  const made = [await userOf(one), await userOf(two)].filter(Boolean);
  expect(made.length).toBeLessThanOrEqual(1);
});

test('somebody outside the mapped groups is dropped unread', async () => {
  const before = await stack.services.changes.stats(stack.tenant.id);
  person('Stranger', { member: false });
  const dropped = async () => (await stack.services.changes.stats(stack.tenant.id)).outOfScope > before.outOfScope;
  await waitFor(dropped, { message: 'not dropped' });
});

test('a soft-deleted person is archived and comes back when restored, as the same profile', async () => {
  const id = person('Kiri');
  const before = await becomes(id, 'invited');
  stack.tenant.directory.deleteUser(id, false);
  expect(await becomes(id, 'archived')).toMatchObject({ archivedReason: 'sync_deleted' });
  stack.tenant.directory.restoreUser(id);
  expect(await becomes(id, 'invited')).toMatchObject({ _id: before._id });
});

test('somebody who is gone for good is archived only after a second absence', async () => {
  const id = person('Rangi');
  await becomes(id, 'invited');
  stack.tenant.directory.deleteUser(id, true);
  expect(await becomes(id, 'archived')).toMatchObject({ archivedReason: 'sync_deleted' });
});

test('a membership read that fails takes nothing away', async () => {
  const id = person('Wiremu');
  await becomes(id, 'invited');
  await settled();
  stack.simulator.faults.add({ match: { path: 'checkMemberGroups' }, after: 0, times: 4, action: { status: 503 } });
  stack.tenant.directory.updateUser(id, { surname: 'Hohepa' });
  await waitFor(async () => (await userOf(id))?.lastName === 'Hohepa', { message: 'not applied' });
  expect((await userOf(id))?.memberships).toHaveLength(1);
  const leaves = await stack.services.store.collection('ledger').countDocuments({ objectId: id, kind: 'leave' });
  expect(leaves).toBe(0);
});

test('the sum of what was accepted is the sum of what is open, parked and closed', async () => {
  await settled();
  const { accepted, open, parked, applied, unchanged, outOfScope, held } = await stack.services.changes.stats();
  expect(accepted).toBe(open + parked + applied + unchanged + outOfScope + held);
  expect(accepted).toBeGreaterThan(0);
});

test('a storm of removals is held whole, and each person says so', async () => {
  const ids = Array.from({ length: 12 }, (_, index) => person(`Storm${index}`));
  for (const id of ids) await becomes(id, 'invited');
  await settled();
  for (const id of ids) stack.tenant.directory.removeMember(group, id);
  const held = () => stack.services.store.collection(DECISIONS).countDocuments({ verdict: 'held' });
  await waitFor(async () => (await held()) === 12, { message: 'not held' });
  for (const id of ids) expect((await userOf(id))?.memberships).toHaveLength(1);

  for (const id of ids) stack.tenant.directory.addMember(group, id);
  await waitFor(async () => (await held()) === 0, { message: 'held ones stay' });
});

test('a mapped group that is deleted is a broken mapping and takes nothing away', async () => {
  const id = person('Anahera');
  await becomes(id, 'invited');
  await settled();
  // Without a mapping that can be used no run would start (S21).
  const other = stack.tenant.directory.createGroup({ displayName: 'Night crew' }).objectId;
  const teamId = stack.teams['South'] ?? '';
  await stack.services.teamMappings.mapTeam(stack.enterpriseId, { groupId: other, teamId }, 'test');
  stack.tenant.directory.deleteGroup(group);
  const missing = () => stack.services.store.collection('groups').countDocuments({ groupId: group, state: 'missing' });
  await waitFor(async () => (await missing()) === 1, { message: 'the group is not seen as missing' });
  const run = await stack.sync();
  expect(run.status).toMatch(/^succeeded/);
  expect((await userOf(id))?.memberships).toHaveLength(1);
});
