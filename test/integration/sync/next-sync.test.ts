import { USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
let group: string;
let night: string;

/** Group changes take effect at the next sync, as the help article has it. */
beforeAll(async () => {
  stack = await startStack();
  const { services, enterpriseId } = stack;
  group = await fieldCrew(stack);
  await services.settings.setSettings(enterpriseId, { groupChanges: 'next_sync' }, { by: 'test' });
  await stack.sync();
  await subscribed(stack);
});
afterAll(() => stack?.close());

function person(name: string): string {
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  return stack.tenant.directory.createUser(properties).objectId;
}

const userOf = (objectId: string) =>
  stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
const teamsOf = async (objectId: string) => (await userOf(objectId))?.memberships.map(({ teamId }) => teamId);

/** Graph has told of it, and everything that was told has been looked at. */
async function toldAndDone(before: number): Promise<void> {
  const done = async () => {
    const { accepted, open } = await stack.services.changes.stats(stack.tenant.id);
    return accepted > before && open === 0;
  };
  await waitFor(done, { message: 'the change was not told, or stays open' });
}

const accepted = async () => (await stack.services.changes.stats(stack.tenant.id)).accepted;

/** Nobody is read beside the next run: what it takes, it counts. */
async function nobodyIsLookedAt(): Promise<void> {
  const { store } = stack.services;
  const rest = async () =>
    (await store.collection('people').countDocuments({ 'look.at': { $type: 'date' } })) === 0 &&
    (await store.collection('changes').countDocuments({})) === 0;
  await waitFor(rest, { message: 'somebody is looked at for ever' });
}

/** On a slow machine the lists may be read before what is told meanwhile is done. */
const isReading = async () => (await stack.services.runs.openRun(stack.enterpriseId))?.phase === 'reading';

test('S29, S42: who is added to a mapped group is placed by the next sync, and nothing happens before it', async () => {
  const before = await accepted();
  const aroha = person('Aroha');
  stack.tenant.directory.addMember(group, aroha);
  await toldAndDone(before);
  expect(await userOf(aroha)).toBeNull();

  expect(await stack.sync()).toMatchObject({ counts: { created: 1, teamAdded: 1 } });
  expect(await teamsOf(aroha)).toEqual([stack.teams['North']]);
});

test('S29, S42: who is already known and joins another mapped group gets its team with the next sync', async () => {
  const { services, enterpriseId, teams, tenant } = stack;
  night = tenant.directory.createGroup({ displayName: 'Night crew' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId: night, teamId: teams['South'] ?? '' }, 'test');
  await stack.sync();
  const aroha = (await services.store.collection<UserRow>(USERS).findOne({}))?.entra?.objectId ?? '';
  const before = await accepted();
  tenant.directory.addMember(night, aroha);
  await toldAndDone(before);
  expect(await teamsOf(aroha)).toEqual([teams['North']]);

  await stack.sync();
  expect((await teamsOf(aroha))?.toSorted()).toEqual([teams['North'], teams['South']].toSorted());
});

test('S42: who is removed from a mapped group keeps the team until the next sync', async () => {
  const { services, teams, tenant } = stack;
  const aroha = (await services.store.collection<UserRow>(USERS).findOne({}))?.entra?.objectId ?? '';
  const before = await accepted();
  tenant.directory.removeMember(group, aroha);
  await toldAndDone(before);
  expect((await teamsOf(aroha))?.toSorted()).toEqual([teams['North'], teams['South']].toSorted());

  await nobodyIsLookedAt();
  expect(await stack.sync()).toMatchObject({ counts: { teamRemoved: 1 } });
  expect(await teamsOf(aroha)).toEqual([teams['South']]);
});

test('S42: a changed attribute does not have to wait, and brings no change of teams with it', async () => {
  const { services, teams, tenant } = stack;
  const aroha = (await services.store.collection<UserRow>(USERS).findOne({}))?.entra?.objectId ?? '';
  tenant.directory.addMember(group, aroha);
  tenant.directory.updateUser(aroha, { surname: 'Ngata' });
  await waitFor(async () => (await userOf(aroha))?.lastName === 'Ngata', { message: 'the name does not come' });
  expect(await teamsOf(aroha)).toEqual([teams['South']]);
  await stack.sync();
  expect((await teamsOf(aroha))?.toSorted()).toEqual([teams['North'], teams['South']].toSorted());
});

test('S42: who is read for a change while the sync reads the lists still gets the team with that sync', async () => {
  const { simulator, tenant, teams } = stack;
  const mere = person('Mere');
  tenant.directory.addMember(group, mere);
  await stack.sync();
  expect(await teamsOf(mere)).toEqual([teams['North']]);
  simulator.faults.add({ match: { path: 'transitiveMembers' }, after: 0, times: 2, action: { delayMs: 2_000 } });
  const running = stack.sync();
  await waitFor(async () => simulator.faults.list().some(({ caught }) => caught > 0), { message: 'no list is read' });
  const before = await accepted();
  tenant.directory.addMember(night, mere);
  await toldAndDone(before);
  const meanwhile = await teamsOf(mere);
  if (await isReading()) expect(meanwhile).toEqual([teams['North']]);

  await running;
  expect((await teamsOf(mere))?.toSorted()).toEqual([teams['North'], teams['South']].toSorted());
});

test('S29, S42: a newcomer whom Graph names while the sync reads the lists still comes with that sync', async () => {
  const { simulator, tenant, teams, services } = stack;
  let before = await accepted();
  const hemi = person('Hemi');
  tenant.directory.addMember(group, hemi);
  await toldAndDone(before);
  simulator.faults.clear();
  simulator.faults.add({ match: { path: 'transitiveMembers' }, after: 0, times: 2, action: { delayMs: 2_000 } });
  const running = stack.sync();
  await waitFor(async () => simulator.faults.list().some(({ caught }) => caught > 0), { message: 'no list is read' });
  before = await accepted();
  const named = { tenantId: tenant.id, kind: 'group', objectId: group, via: 'notification', notified: 1 } as const;
  await services.changes.note([{ ...named, memberIds: [hemi] }]);
  await toldAndDone(before);
  const meanwhile = await userOf(hemi);
  if (await isReading()) expect(meanwhile).toBeNull();

  await running;
  expect(await teamsOf(hemi)).toEqual([teams['North']]);
});
