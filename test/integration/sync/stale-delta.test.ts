import { USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const LAG_MS = 2_000;
/** How far the replica is behind: more than the way from a change to its reading takes. */
const BEHIND_MS = 60_000;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { LAG_DIRECTORY_MS: String(LAG_MS) } });
});
afterAll(() => stack?.close());

/** Whoever the last round named is read. */
async function caughtUp(): Promise<boolean> {
  const { askedAt, roundAt, pending } = await stack.services.mirror.cursors.load(stack.tenant.id);
  return pending === null && askedAt !== null && roundAt !== null && roundAt >= askedAt;
}

test('L15: whom delta names and a replica that is behind shows as before, is looked at once more after the lag', async () => {
  const { services, tenant, simulator } = stack;
  const group = await fieldCrew(stack);
  const mail = 'ana@kiwipower.test';
  const properties = { displayName: 'Ana', givenName: 'Ana', mail, userPrincipalName: mail, accountEnabled: true };
  const { objectId } = tenant.directory.createUser(properties);
  tenant.directory.addMember(group, objectId);
  await stack.sync();
  await subscribed(stack);
  await ownersLooked();
  const record = () => services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
  const row = async () =>
    (await services.mirror.people.load({ tenantId: tenant.id, objectIds: [objectId] })).get(objectId);
  await waitFor(caughtUp, { message: 'catch-up does not rest' });
  // Nothing of before may count as a notice of what comes.
  const told = async () => ((await row())?.notifiedAt?.getTime() ?? 0) < Date.now() - LAG_MS;
  await waitFor(told, { message: 'a notice stays near' });
  // The replica knows Ana, by Graph's clock.
  simulator.world.clock.advance(BEHIND_MS + LAG_MS);

  simulator.delivery.settings.loss = 1;
  const behind = { lagMs: BEHIND_MS };
  simulator.faults.add({ match: { path: '^/v1.0/users/[0-9a-f-]{36}' }, after: 0, times: 1_000, action: behind });
  tenant.directory.updateUser(objectId, { givenName: 'Anahera' });
  await services.mirror.cursors.ask(tenant.id, services.clock.now());
  const isLookedAt = async () => ((await row())?.look ?? null) !== null;
  await waitFor(isLookedAt, { message: 'no look is to come' });
  expect((await record())?.firstName).toBe('Ana');
  simulator.faults.clear();
  await waitFor(async () => (await record())?.firstName === 'Anahera', { message: 'stays stale' });
  const isOver = async () => ((await row())?.look ?? null) === null;
  await waitFor(isOver, { message: 'it is looked at for ever' });
});

test.each([
  ['has not joined yet', true],
  ['is not there yet', false],
])(
  'L15: a newcomer whom delta names and who, to a replica that is behind, %s comes after the lag',
  async (_what, isOld) => {
    const { services, tenant, simulator } = stack;
    simulator.delivery.settings.loss = 1;
    const [group] = [...tenant.view().groups()].map(({ id }) => id);
    const mail = `${isOld ? 'bea' : 'cal'}@kiwipower.test`;
    const properties = { displayName: mail, givenName: mail, mail, userPrincipalName: mail, accountEnabled: true };
    const { objectId } = tenant.directory.createUser(properties);
    if (isOld) simulator.world.clock.advance(BEHIND_MS + LAG_MS);
    const behind = { lagMs: BEHIND_MS };
    simulator.faults.add({ match: { path: '^/v1.0/users/[0-9a-f-]{36}' }, after: 0, times: 1_000, action: behind });
    tenant.directory.addMember(group ?? '', objectId);
    await services.mirror.cursors.ask(tenant.id, services.clock.now());
    const row = async () =>
      (await services.mirror.people.load({ tenantId: tenant.id, objectIds: [objectId] })).get(objectId);
    await waitFor(async () => ((await row())?.look ?? null) !== null, { message: 'no look is to come' });
    // Before that look, which is the last one: on a slow machine the round may end later than that.
    simulator.faults.clear();
    const record = () => services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
    expect(await record()).toBeNull();
    await waitFor(caughtUp, { message: 'the round does not end' });
    await waitFor(async () => (await record()) !== null, { message: 'does not come' });
  },
);
