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
