import { createRunItems } from '../../../src/reconciliation/history/run-items.js';
import { atRest, fieldCrew, ownersLooked, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

test('a run that cannot read somebody says whom and why, and whom it could read again later is no failure', async () => {
  const { tenant, services, simulator } = stack;
  const group = await fieldCrew(stack);
  const member = (name: string) => {
    const mail = `${name.toLowerCase()}@kiwipower.test`;
    const known = { displayName: name, givenName: name, mail, userPrincipalName: mail };
    const { objectId } = tenant.directory.createUser(known);
    tenant.directory.addMember(group, objectId);
    return objectId;
  };
  const [ben, cara] = [member('Ben'), member('Cara')];
  await stack.sync();
  await subscribed(stack);
  await ownersLooked();
  await atRest(stack);
  simulator.delivery.settings.loss = 1;
  // Both have left the group; Graph says nothing of Ben at all, and of Cara the second time.
  for (const objectId of [ben, cara]) tenant.directory.removeMember(group, objectId);
  const refuse = (objectId: string, times: number) => {
    const body = { error: { code: 'Request_BadRequest', message: 'words' } };
    simulator.faults.add({ match: { path: `/users/${objectId}[?]` }, after: 0, times, action: { status: 400, body } });
  };
  refuse(ben, 1_000);
  refuse(cara, 1);
  const run = await stack.sync();
  expect(run).toMatchObject({ status: 'succeeded_with_errors', counts: { failed: 1, teamRemoved: 1 } });
  const { items } = await createRunItems(services).page(run, { limit: 10, about: 'problems', severity: 'error' });
  expect(items).toMatchObject([{ person: ben, code: 'unread', result: 'error' }]);
  const user = await services.people.findOrNull(stack.enterpriseId, ben);
  expect(user?.memberships).toHaveLength(1);
});
