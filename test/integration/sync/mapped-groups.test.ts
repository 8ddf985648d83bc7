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
