import { createMappingViews } from '../../../src/reconciliation/groups/mapping-views.js';
import { FENCES, type FenceRow } from '../../../src/store/fence.js';
import { atRest, fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** Groups of the tenant that no mapping is about. */
const UNMAPPED = 1_000;

let stack: Stack;
let group: string;

beforeAll(async () => {
  stack = await startStack();
  group = await fieldCrew(stack);
  await stack.sync();
  await subscribed(stack);
  await ownersLooked();
  await atRest(stack);
});
afterAll(() => stack?.close());

/** Each transaction of the owner raises the counter of the fence. */
async function transactions(): Promise<number> {
  const fence = await stack.services.store.collection<FenceRow>(FENCES).findOne({ _id: stack.enterpriseId });
  return fence?.writes ?? 0;
}

test('a mapped group does not wait behind thousands that are not: those are closed by the hundred', async () => {
  const { tenant, services } = stack;
  const of = { tenantId: tenant.id, kind: 'group', via: 'notification', notified: 1 } as const;
  const notes = Array.from({ length: UNMAPPED }, () => ({ ...of, objectId: services.chance.guid() }));
  const mail = 'aroha@kiwipower.test';
  const { objectId } = tenant.directory.createUser({ displayName: 'Aroha', mail, userPrincipalName: mail });
  const before = await transactions();
  await services.changes.note(notes);
  tenant.directory.addMember(group, objectId);
  const isIn = async () => (await services.people.findOrNull(stack.enterpriseId, objectId)) !== null;
  await waitFor(isIn, { message: 'the member of the mapped group does not come' });
  const isClosed = async () => (await services.changes.stats(tenant.id)).outOfScope >= UNMAPPED;
  await waitFor(isClosed, { message: 'stay open' });
  expect((await transactions()) - before).toBeLessThan(UNMAPPED / 10);
});

test('E16: a mapped group that never could be read is told of as such for as long as it is mapped, and no longer', async () => {
  const { tenant, services, enterpriseId, teams } = stack;
  const { mirror, teamMappings } = services;
  const secret = { displayName: 'Secret', visibility: 'HiddenMembership' };
  const [hidden, other] = [secret, { displayName: 'Other' }].map((each) => tenant.directory.createGroup(each).objectId);
  const map = (groupId = '') => teamMappings.mapTeam(enterpriseId, { groupId, teamId: teams['South'] ?? '' }, 'test');
  const unmap = async (groupId = '') => {
    const mapping = (await teamMappings.listMappings(enterpriseId)).find((each) => each.groupId === groupId);
    await teamMappings.unmapTeam(enterpriseId, { id: mapping?.id ?? '' }, 'test');
  };
  const status = async () =>
    (await createMappingViews(services).list(enterpriseId)).find(({ groupId }) => groupId === hidden)?.status;
  const isKept = async (groupId = '') => (await mirror.groups.load(tenant.id, [groupId])).has(groupId);
  await map(hidden);
  await map(other);
  await stack.sync();
  expect([await status(), await mirror.groups.unreadable(tenant.id)]).toEqual(['group_hidden', 1]);
  // Nobody looks at these groups any more when they are unmapped.
  await ownersLooked();
  await atRest(stack);
  await unmap(other);
  await stack.sync();
  expect([await status(), await isKept(other)]).toEqual(['group_hidden', false]);
  await unmap(hidden);
  await stack.sync();
  expect([await mirror.groups.unreadable(tenant.id), await isKept(hidden), await isKept(group)]).toEqual([
    0,
    false,
    true,
  ]);
});

test('E16: somebody comes in as soon as a mapped group that never could be read shows its members', async () => {
  const { tenant, services, enterpriseId, teams } = stack;
  const { directory } = tenant;
  const late = directory.createGroup({ displayName: 'Late', visibility: 'HiddenMembership' }).objectId;
  const mail = 'hemi@kiwipower.test';
  const { objectId } = directory.createUser({ displayName: 'Hemi', mail, userPrincipalName: mail });
  directory.addMember(late, objectId);
  await services.teamMappings.mapTeam(enterpriseId, { groupId: late, teamId: teams['South'] ?? '' }, 'test');
  await stack.sync();
  await ownersLooked();
  await atRest(stack);
  expect(await services.people.findOrNull(enterpriseId, objectId)).toBeNull();
  directory.updateGroup(late, { visibility: 'Private' });
  const isIn = async () => (await services.people.findOrNull(enterpriseId, objectId)) !== null;
  await waitFor(isIn, { message: 'does not come' });
});
