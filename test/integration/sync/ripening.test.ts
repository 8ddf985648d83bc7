import { USERS, type UserRow } from '../../../src/records/types.js';
import { atRest, fieldCrew } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const RIPENING_MS = 700;

let stack: Stack;
let group: string;

beforeAll(async () => {
  stack = await startStack({ env: { RIPENING_MS: String(RIPENING_MS), LOOKS_MS: '60000' } });
  group = await fieldCrew(stack);
});

afterAll(() => stack?.close());

test('each thing that is taken away ripens by itself, whatever was taken before', async () => {
  const { directory } = stack.tenant;
  const mail = 'aroha@kiwipower.test';
  const aroha = directory.createUser({ displayName: 'Aroha', mail, userPrincipalName: mail, accountEnabled: true });
  const { objectId } = aroha;
  directory.addMember(group, objectId);
  await stack.sync();
  await waitFor(async () => (await stack.services.subscriptions.ofTenant(stack.tenant.id)).length === 2, {
    message: 'no subscriptions',
  });
  directory.removeMember(group, objectId);
  await waitFor(async () => (await userOf(objectId))?.memberships.length === 0, { message: 'did not leave' });
  expect((await rowOf(objectId))?.ripening).toBeNull();

  const sinceMs = Date.now();
  directory.updateUser(objectId, { accountEnabled: false });
  await waitFor(async () => (await userOf(objectId))?.status === 'archived', { message: 'not archived' });
  expect(Date.now() - sinceMs).toBeGreaterThanOrEqual(RIPENING_MS);
  expect((await rowOf(objectId))?.ripening ?? null).toBeNull();
});

test('for the guard nothing is loaded of people but what ripens of them', async () => {
  const { people } = stack.services.mirror;
  const { id: tenantId } = stack.tenant;
  const { directory } = stack.tenant;
  const mail = 'hemi@kiwipower.test';
  const { objectId } = directory.createUser({
    displayName: 'Hemi',
    mail,
    userPrincipalName: mail,
    accountEnabled: true,
  });
  directory.addMember(group, objectId);
  await stack.sync();
  // Nobody reads Hemi any more: that would end what is put there now.
  await atRest(stack);
  const ripening = { since: new Date(), takings: ['archive'] };
  await stack.services.store.collection('people').updateOne({ tenantId, objectId }, { $set: { ripening } });
  expect(await people.ripening(tenantId)).toEqual([{ objectId, ripening }]);
});

function userOf(objectId: string): Promise<UserRow | null> {
  return stack.services.store.collection<UserRow>(USERS).findOne({ 'entra.objectId': objectId });
}

async function rowOf(objectId: string) {
  return (
    (await stack.services.mirror.people.load({ tenantId: stack.tenant.id, objectIds: [objectId] })).get(objectId) ??
    null
  );
}
