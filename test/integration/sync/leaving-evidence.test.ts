import { USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

test('L8: nobody is archived for leaving while a mapped group, unknown to be theirs, hides its members', async () => {
  const { services, enterpriseId, tenant, teams, simulator } = stack;
  const { directory } = tenant;
  const field = await fieldCrew(stack);
  const secret = directory.createGroup({ displayName: 'Secret crew' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId: secret, teamId: teams['South'] ?? '' }, 'test');
  await services.settings.setSettings(enterpriseId, { onLeaveAllGroups: 'archive' }, { by: 'test' });
  const mail = 'ana@kiwipower.test';
  const ana = directory.createUser({ displayName: 'Ana', mail, userPrincipalName: mail }).objectId;
  directory.addMember(field, ana);
  await stack.sync();
  await subscribed(stack);
  await ownersLooked();
  const record = () => services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': ana });
  expect(await record()).toMatchObject({ status: 'invited', memberships: [{ teamId: teams['North'] }] });

  // Graph does not tell that the group is another one now.
  simulator.delivery.settings.loss = 1;
  directory.updateGroup(secret, { visibility: 'HiddenMembership' });
  directory.addMember(secret, ana);
  simulator.delivery.settings.loss = 0;
  directory.removeMember(field, ana);

  const isDecided = async () => {
    const user = await record();
    return user?.status === 'archived' || user?.memberships.length === 0;
  };
  await waitFor(isDecided, { message: 'nothing is decided' });
  expect((await record())?.status).toBe('invited');
});

test('who left while Graph could not say whether the group is still there leaves the team as soon as it can', async () => {
  const { services, tenant, teams, simulator } = stack;
  const { directory } = tenant;
  const [crew] = (await services.integrations.getIntegration(stack.enterpriseId)).settings.mappings;
  const groupId = crew?.groupId ?? '';
  const mail = 'ben@kiwipower.test';
  const ben = directory.createUser({ displayName: 'Ben', mail, userPrincipalName: mail }).objectId;
  directory.addMember(groupId, ben);
  const record = () => services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': ben });
  const teamsOf = async () => (await record())?.memberships.map(({ teamId }) => teamId);
  await waitFor(async () => (await teamsOf())?.includes(teams['North'] ?? ''), { message: 'Ben does not join' });
  await ownersLooked();

  const busy = { status: 503, headers: { 'Retry-After': '0' }, body: { error: { code: 'busy', message: 'words' } } };
  simulator.faults.add({ match: { path: `/groups/${groupId}` }, after: 0, times: 1_000, action: busy });
  // Graph tells of the person alone: the group has nothing to answer but whether it is there.
  simulator.delivery.settings.loss = 1;
  directory.removeMember(groupId, ben);
  simulator.delivery.settings.loss = 0;
  directory.updateUser(ben, { mobilePhone: '+64 21 555 0199' });
  const isPutOff = async () => {
    const { rows } = await services.changes.list({ tenantId: tenant.id, limit: 100 });
    return rows.some(({ objectId, attempts }) => objectId === ben && attempts > 0);
  };
  await waitFor(isPutOff, { message: 'the reading does not fail' });
  expect(await teamsOf()).toEqual([teams['North']]);
  simulator.faults.clear();
  await waitFor(async () => (await teamsOf())?.length === 0, { message: 'Ben does not leave' });
});
