import { USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

const cursor = () => stack.services.mirror.cursors.load(stack.tenant.id);

/** Asks for a round and waits until none is wanted and none is waited for any more. */
async function catchUpRests(): Promise<void> {
  const at = stack.services.clock.now();
  await stack.services.mirror.cursors.ask(stack.tenant.id, at);
  const rests = async () => {
    const { roundAt, pending } = await cursor();
    return pending === null && roundAt !== null && roundAt >= at;
  };
  await waitFor(rests, { message: 'catch-up does not rest' });
}

test('a tenant that is connected and has never been synced asks Graph for nothing and rests', async () => {
  await catchUpRests();
  expect(await cursor()).toMatchObject({ round: 0, users: null, groups: null });
});

test('L15: after connecting again nothing counts as verified before the first run has read it', async () => {
  const { tenant, services, microsoft, enterpriseId } = stack;
  const [mail, by] = ['ana@kiwipower.test', 'test'];
  const ana = { displayName: 'Ana', givenName: 'Ana', mail, userPrincipalName: mail };
  const { objectId } = tenant.directory.createUser(ana);
  tenant.directory.addMember(await fieldCrew(stack), objectId);
  await stack.sync();
  await catchUpRests();
  const { users: link, verifiedUntil } = await cursor();
  expect(verifiedUntil.users).not.toBeNull();
  await services.integrations.disconnect(enterpriseId, by);
  await waitFor(async () => !(await services.leases.isHeld(enterpriseId)), { message: 'is worked on still' });
  tenant.directory.updateUser(objectId, { givenName: 'Anahera' });
  await microsoft.proofs.attest(enterpriseId, { tenantText: tenant.id, reason: 'again', by });
  await services.settings.setSettings(enterpriseId, { usersSync: true, teamSync: true }, { by });
  await catchUpRests();
  expect((await cursor()).verifiedUntil).toEqual(verifiedUntil);
  await stack.sync();
  const user = await services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
  expect(user?.firstName).toBe('Anahera');
  // The links of the connection before may be forgotten by Graph: the run took new ones.
  const now = await cursor();
  expect(now.users).not.toBe(link);
  expect(now.verifiedUntil.users?.getTime()).toBeGreaterThan(verifiedUntil.users?.getTime() ?? 0);
});
