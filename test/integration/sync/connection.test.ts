import { linkedAmong, linkedPeople } from '../../../src/records/linked.js';
import { USERS, type UserRow } from '../../../src/records/types.js';
import { REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import type { Tenant } from '../../../src/simulator/world/types.js';
import { createGate } from '../../../src/sync/may-work.js';
import type { Owner } from '../../../src/sync/owner.js';
import { loadPeople } from '../../../src/sync/plan/load-inputs.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let later: Tenant;
let group: string;

beforeAll(async () => {
  const tenant = { people: 0, groups: 0, consentedRoles: REQUESTED_ROLES };
  stack = await startStack({ simulator: { tenants: [tenant, tenant] } });
  const [, second] = stack.simulator.world.tenants.values();
  if (!second) throw new Error('two tenants');
  later = second;
  group = crew(stack.tenant, ['Aroha', 'Hemi']);
  await map(group);
  await stack.sync();
});
afterAll(() => stack?.close());

/** A group of a tenant with people in it. */
function crew({ directory }: Tenant, names: readonly string[]): string {
  const groupId = directory.createGroup({ displayName: 'Field crew' }).objectId;
  for (const name of names) join({ directory }, groupId, name);
  return groupId;
}

function join({ directory }: Pick<Tenant, 'directory'>, groupId: string, name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const id = directory.createUser(properties).objectId;
  directory.addMember(groupId, id);
  return id;
}

const BY = 'test';
const map = (groupId: string) =>
  stack.services.teamMappings.mapTeam(stack.enterpriseId, { groupId, teamId: stack.teams['North'] ?? '' }, BY);
const attest = (tenantText: string, changeTenant = false) =>
  stack.microsoft.proofs.attest(stack.enterpriseId, { tenantText, changeTenant, reason: 'a test', by: BY });
const users = () => stack.services.store.collection<UserRow>(USERS).find({}).sort({ emailKey: 1 }).toArray();
const integration = () => stack.services.integrations.getIntegration(stack.enterpriseId);

/** What GetHomeSafe shows of everybody, the technical dates aside. */
async function everybody() {
  return (await users()).map(({ _id, status, email, memberships, entra }) => ({
    ...{ _id, status, email, memberships, objectId: entra?.objectId, tenantId: entra?.tenantId },
  }));
}

async function everyLinked(of: Parameters<typeof linkedPeople>[1]): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of linkedPeople(stack.services.store, of)) ids.push(id);
  return ids;
}

async function readAgain(): Promise<void> {
  const due = { mailboxDueAt: { $lte: new Date() } };
  const none = async () => (await stack.services.store.collection('people').countDocuments(due)) === 0;
  await waitFor(none, { message: 'mailbox settings stay due' });
}

test('E76: a tenant that is connected cannot be connected by another enterprise, which learns nothing of it', async () => {
  const { structure } = stack.services;
  const { _id: other } = await structure.createEnterprise({ name: 'Someone else', by: BY });
  const wanted = { tenantText: stack.tenant.id, by: BY };
  const refused = stack.microsoft.connect.begin(other, wanted);
  await expect(refused).rejects.toMatchObject({ code: 'tenant_taken', status: 409 });
  await expect(refused).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining('Kiwi') }));
  expect((await stack.services.integrations.getIntegration(other)).tenantId).toBeNull();
});

test('E78: disconnecting ends a run under way, keeps users, teams, mappings and history, and stops what comes later', async () => {
  await readAgain();
  const [before, settings] = [await everybody(), (await integration()).settings];
  const { runs, integrations } = stack.services;
  stack.simulator.faults.add({ match: { path: 'transitiveMembers' }, after: 0, times: 2, action: { delayMs: 1_500 } });
  const wanted = { enterpriseId: stack.enterpriseId, trigger: 'manual', requestedBy: BY, dry: false } as const;
  const { run } = await runs.request(wanted);
  await waitFor(async () => (await runs.get(run._id))?.status === 'running', { message: 'it does not begin' });
  const { run: dry } = await runs.request({ ...wanted, dry: true });
  const gone = await integrations.disconnect(stack.enterpriseId, BY);

  expect(gone).toMatchObject({ connection: 'not_connected', tenantId: null, nextSyncAt: null });
  // The alarm clock does this every 15 seconds; a run that sees it by itself has ended before.
  await waitFor(async () => !(await stack.services.leases.isHeld(stack.enterpriseId)), {
    message: 'the tenant is still worked on',
  });
  await runs.endAbandoned();
  const ended = { status: 'cancelled', code: 'cancelled', finishedAt: expect.any(Date) };
  expect([await runs.get(run._id), await runs.get(dry._id)]).toMatchObject([ended, ended]);
  await expect(runs.request(wanted)).rejects.toMatchObject({ code: 'not_connected' });
  expect(await everybody()).toEqual(before);
  expect((await integration()).settings.mappings).toEqual(settings.mappings);
  expect((await runs.list(stack.enterpriseId, { limit: 10 })).rows.map(({ status }) => status)).toEqual([
    'cancelled',
    'cancelled',
    'succeeded',
  ]);
});

test('E78: fields can be edited while nothing keeps them in step', async () => {
  const { people } = stack.services;
  const aroha = { enterpriseId: stack.enterpriseId, person: 'aroha@kiwipower.test' };
  await people.edit(aroha, { fields: { mobilePhone: '+64225189900' } }, { who: BY });
  expect((await users())[0]).toMatchObject({ mobilePhone: '+64225189900' });
});

test('E78: reconnecting the same tenant uses its mappings and links again: nobody is made twice', async () => {
  const before = await everybody();
  join(stack.tenant, group, 'Kiri');
  expect((await attest(stack.tenant.id)).row).toMatchObject({ connection: 'connected' });
  const run = await stack.sync();
  // Kiri comes with the run, or before it with the catch-up that follows a connection.
  expect(run).toMatchObject({ status: 'succeeded', counts: { failed: 0, archived: 0 } });
  const after = await everybody();
  expect(after).toEqual(expect.arrayContaining(before));
  expect(after).toHaveLength(before.length + 1);
});

test('E76: people whom another enterprise has from the same tenant are nobody of this one, whatever is asked', async () => {
  const { store, mirror, clock, runs } = stack.services;
  const { enterpriseId, tenant } = stack;
  const [own, ...rest] = await users();
  const objectId = own?.entra?.objectId ?? '';
  const owner = { enterpriseId: 'another', tenantId: tenant.id } as Owner;
  const deps = { store, people: mirror.people };
  const gate = createGate({ store, clock, openRun: runs.openRun });
  const asked = { scope: owner, objectIds: [objectId] };
  expect(own?.memberships).toHaveLength(1);
  expect((await loadPeople(deps, asked)).users.size).toBe(0);
  expect(await linkedAmong(store, owner, [objectId])).toEqual([]);
  expect(await everyLinked(owner)).toEqual([]);
  expect((await gate.groupsJustifying(owner, [objectId])).size).toBe(0);

  const ours = { ...owner, enterpriseId };
  expect((await loadPeople(deps, { ...asked, scope: ours })).users.size).toBe(1);
  expect(await linkedAmong(store, ours, [objectId])).toEqual([objectId]);
  expect(await everyLinked(ours)).toHaveLength(rest.length + 1);
  expect((await gate.groupsJustifying(ours, [objectId])).get(objectId)).toEqual([group]);
});

test('E77: people of another tenant with the same address are refused, those of the former one stay as they are', async () => {
  await readAgain();
  const before = await everybody();
  await expect(attest(later.id)).rejects.toMatchObject({ code: 'tenant_change_unconfirmed' });
  expect((await integration()).tenantId).toBe(stack.tenant.id);

  expect((await attest(later.id, true)).row).toMatchObject({ tenantId: later.id, settings: { mappings: [] } });
  await expect(stack.sync()).rejects.toMatchObject({ code: 'no_group_mapping' });
  await map(crew(later, ['Aroha', 'Mere']));
  expect(await stack.sync()).toMatchObject({ status: 'succeeded_with_errors', counts: { created: 1, failed: 1 } });
  const after = await everybody();
  expect(after).toEqual(expect.arrayContaining(before));
  expect(after).toHaveLength(before.length + 1);
  const problems = await stack.services.problems.list(stack.enterpriseId);
  const errors = problems.filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([expect.objectContaining({ code: 'duplicate_email' })]);
});
