import { USERS, type UserRow } from '../../../src/records/types.js';
import { atRest, fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** How far the replica is behind: more than the way from a change to its reading takes. */
const BEHIND_MS = 60_000;
const NAMES = ['joins', 'leaves', 'comes', 'below'] as const;

let stack: Stack;
let north: string;
let south: string;
let nested: string;
const ids = new Map<string, string>();

beforeAll(async () => {
  stack = await startStack({ env: { LOOKS_MS: '2000,5000,10000' } });
  const { tenant, services, enterpriseId, teams } = stack;
  north = await fieldCrew(stack);
  south = tenant.directory.createGroup({ displayName: 'South crew' }).objectId;
  nested = tenant.directory.createGroup({ displayName: 'Nested' }).objectId;
  await services.teamMappings.mapTeam(enterpriseId, { groupId: south, teamId: teams['South'] ?? '' }, 'test');
  for (const name of NAMES) {
    const mail = `${name}@kiwipower.test`;
    const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
    const { objectId } = tenant.directory.createUser(properties);
    ids.set(name, objectId);
    if (name !== 'comes') tenant.directory.addMember(north, objectId);
  }
  tenant.directory.addMember(south, id('leaves'));
  tenant.directory.addMember(nested, id('below'));
  await stack.sync();
  await subscribed(stack);
  await ownersLooked();
  await atRest(stack);
  // The replica knows all of this, by Graph's clock.
  stack.simulator.world.clock.advance(BEHIND_MS);
});
afterEach(() => stack.simulator.faults.clear());
afterAll(() => stack?.close());

const id = (name: (typeof NAMES)[number]) => ids.get(name) ?? '';

async function teamsOf(name: (typeof NAMES)[number]): Promise<number | undefined> {
  const user = await stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': id(name) });
  return user?.memberships.length;
}

async function isLookedAt(name: (typeof NAMES)[number]): Promise<boolean> {
  const rows = await stack.services.mirror.people.load({ tenantId: stack.tenant.id, objectIds: [id(name)] });
  return (rows.get(id(name))?.look ?? null) !== null;
}

/** People are read from a replica that does not know yet. */
function fallBehind(): void {
  const action = { lagMs: BEHIND_MS };
  stack.simulator.faults.add({ match: { path: '^/v1.0/users/[0-9a-f-]{36}' }, after: 0, times: 1_000, action });
}

test('L7: whom Graph named with a group, and a replica that is behind shows as before, is looked at again', async () => {
  const { directory } = stack.tenant;
  fallBehind();
  directory.addMember(south, id('joins'));
  directory.removeMember(south, id('leaves'));
  directory.addMember(north, id('comes'));
  const named = ['joins', 'leaves', 'comes'] as const;
  const areLookedAt = async () => (await Promise.all(named.map(isLookedAt))).every(Boolean);
  await waitFor(areLookedAt, { message: 'no looks are to come' });
  expect(await Promise.all(named.map(teamsOf))).toEqual([1, 2, undefined]);
  stack.simulator.faults.clear();
  const areIn = async () => String(await Promise.all(named.map(teamsOf))) === '2,1,1';
  await waitFor(areIn, { message: 'stays stale' });
  const isOver = async () => !(await Promise.all(named.map(isLookedAt))).some(Boolean);
  await waitFor(isOver, { message: 'they are looked at for ever' });
});

test('L7: who is behind a nested group, thousands perhaps, is not: the next round names the group once more', async () => {
  const { services, tenant, simulator } = stack;
  const { directory } = tenant;
  await atRest(stack);
  fallBehind();
  const caught = () => simulator.faults.list().some((each) => each.caught > 0);
  directory.addMember(south, nested);
  await waitFor(caught, { message: 'nobody is read' });
  await atRest(stack);
  expect([await teamsOf('below'), await isLookedAt('below')]).toEqual([1, false]);
  simulator.faults.clear();
  await services.mirror.cursors.ask(tenant.id, services.clock.now());
  await waitFor(async () => (await teamsOf('below')) === 2, { message: 'stays stale' });
});
