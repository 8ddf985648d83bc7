import { waitFor } from '../../support/wait-for.js';
import { firstPerson, hasFirstName, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

let scene: SubscriptionsScene;
let person: string;

beforeAll(async () => {
  scene = await startSubscriptionsScene();
  person = await firstPerson(scene);
});
beforeEach(() => scene.settled());
afterAll(() => scene?.close());

async function tell(lifecycleEvent: string): Promise<void> {
  const { subscriptionId } = await scene.users();
  await scene.control('PATCH', `/subscriptions/${subscriptionId}`, { lifecycleEvent });
}

/** What Graph told of subscriptions is dealt with. */
async function dealtWith(): Promise<void> {
  const told = async () => (await scene.services.changes.list({ tenantId: scene.tenant.id, limit: 100 })).rows.length;
  await waitFor(async () => (await told()) === 0, { message: 'lifecycle events are open' });
}

test('subscriptionRemoved makes it anew once Graph says 404, and what was missed is found', async () => {
  const before = await scene.users();
  await tell('subscriptionRemoved');
  scene.tenant.directory.updateUser(person, { givenName: 'Removed' });
  await waitFor(async () => (await scene.users()).subscriptionId !== before.subscriptionId, {
    message: 'not made anew',
  });
  await scene.settled();
  await hasFirstName(scene, person, 'Removed');
  await dealtWith();
});

test('subscriptionRemoved is a hint only: one that Graph still has is kept', async () => {
  const before = await scene.users();
  const held = (await scene.held()).find(({ id }) => id === before.subscriptionId);
  const { clientState } = held ?? {};
  const item = { subscriptionId: before.subscriptionId, tenantId: scene.tenant.id, clientState };
  const asked = await scene.requests('GET');
  const response = await fetch(`${scene.url}/graph/lifecycle`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value: [{ ...item, lifecycleEvent: 'subscriptionRemoved' }] }),
  });
  expect(response.status).toBe(202);
  await waitFor(async () => (await scene.requests('GET')) > asked, { message: 'Graph was not asked' });
  await dealtWith();
  expect(await scene.users()).toMatchObject({ subscriptionId: before.subscriptionId, state: 'active' });
});

test('reauthorizationRequired renews once, however often it is told within ten minutes', async () => {
  const before = await scene.requests('PATCH');
  await tell('reauthorizationRequired');
  await waitFor(async () => (await scene.requests('PATCH')) === before + 1, { message: 'not renewed' });
  await dealtWith();
  await tell('reauthorizationRequired');
  await waitFor(() => scene.simulator.delivery.waiting() === 0, { message: 'not delivered' });
  await dealtWith();
  expect(await scene.requests('PATCH')).toBe(before + 1);
  expect((await scene.users()).renewedAt).not.toBeNull();
});

test('missed asks delta what was not told', async () => {
  const rounds = await scene.rounds();
  await tell('missed');
  await waitFor(async () => (await scene.rounds()) > rounds, { message: 'no catch-up round' });
  await dealtWith();
});
