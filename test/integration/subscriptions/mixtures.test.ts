import { waitFor } from '../../support/wait-for.js';
import {
  DAY_MS,
  firstPerson,
  hasFirstName,
  type SubscriptionsScene,
  startSubscriptionsScene,
} from './subscriptions-scene.js';

let scene: SubscriptionsScene;
let person: string;

beforeAll(async () => {
  scene = await startSubscriptionsScene();
  person = await firstPerson(scene);
});
beforeEach(() => {
  scene.simulator.delivery.settings.loss = 0;
  return scene.settled();
});
afterAll(() => scene?.close());

/** Posts items as Graph would, signed as those of the subscription to users. */
async function post(items: readonly object[]): Promise<void> {
  const { subscriptionId } = await scene.users();
  const held = (await scene.held()).find(({ id }) => id === subscriptionId);
  const common = { subscriptionId, tenantId: scene.tenant.id, clientState: held?.clientState };
  const response = await fetch(`${scene.url}/graph/lifecycle`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value: items.map((item) => ({ ...common, ...item })) }),
  });
  expect(response.status).toBe(202);
}

async function told() {
  return scene.services.changes.list({ tenantId: scene.tenant.id, limit: 100 }).then(({ rows }) => rows);
}

async function dealtWith(): Promise<void> {
  await waitFor(async () => (await told()).length === 0, { message: 'changes are open' });
}

/** As if its last PATCH were so long ago. */
async function renewedBefore(ms: number): Promise<void> {
  const { _id } = await scene.users();
  await scene.services.subscriptions.update(_id, { renewedAt: new Date(Date.now() - ms) });
}

const reauthorise = { lifecycleEvent: 'reauthorizationRequired' };

test('one POST of changes and lifecycle events, repeated and for unknown subscriptions: each is answered, by one PATCH', async () => {
  await renewedBefore(DAY_MS);
  const [patched, rounds, posted] = [await scene.requests('PATCH'), await scene.rounds(), await scene.requests('POST')];
  scene.simulator.delivery.settings.loss = 1;
  scene.tenant.directory.updateUser(person, { givenName: 'Mixed' });
  const change = { changeType: 'updated', resource: `Users/${person}`, resourceData: { id: person } };
  const unknown = { subscriptionId: '11111111-2222-4333-8444-555555555555' };
  const missed = { lifecycleEvent: 'missed' };
  const items = [reauthorise, change, missed, { ...unknown, lifecycleEvent: 'subscriptionRemoved' }, reauthorise];
  await post([...items, { ...unknown, ...change }, { ...unknown, ...reauthorise }, { lifecycleEvent: 'neverHeardOf' }]);
  await post([reauthorise, missed]);

  await hasFirstName(scene, person, 'Mixed');
  await dealtWith();
  scene.simulator.delivery.settings.loss = 0;
  await waitFor(async () => (await scene.rounds()) > rounds, { message: 'no catch-up round' });
  expect(await scene.requests('PATCH')).toBe(patched + 1);
  expect((await scene.items<{ path: string }>('/requests')).filter(({ path }) => /reauthorize/.test(path))).toEqual([]);
  expect(await scene.requests('POST')).toBe(posted);
  const { accepted, open, parked, applied, unchanged, outOfScope, held } = await scene.services.changes.stats();
  expect(accepted).toBe(open + parked + applied + unchanged + outOfScope + held);
});

test('subscriptionRemoved beside reauthorizationRequired: one that Graph still has is authorised again', async () => {
  await renewedBefore(DAY_MS);
  const patched = await scene.requests('PATCH');
  const { subscriptionId } = await scene.users();
  await post([{ lifecycleEvent: 'subscriptionRemoved' }, reauthorise]);
  await waitFor(async () => (await scene.requests('PATCH')) === patched + 1, { message: 'not authorised' });
  await dealtWith();
  expect(await scene.users()).toMatchObject({ subscriptionId, state: 'active', problem: null });
});

test('told less than ten minutes after a PATCH, it is answered by one PATCH when they are over', async () => {
  await renewedBefore(10 * 60_000 - 3_000);
  const { renewedAt } = await scene.users();
  const patched = await scene.requests('PATCH');
  await post([reauthorise]);
  await dealtWith();
  const free = (renewedAt?.getTime() ?? 0) + 10 * 60_000;
  await waitFor(async () => (await scene.requests('PATCH')) > patched, {
    message: 'not authorised',
  });
  await scene.settled();
  const renewedMs = async () => (await scene.users()).renewedAt?.getTime() ?? 0;
  await waitFor(async () => (await renewedMs()) >= free, { message: 'authorised too early' });
  expect(await scene.requests('PATCH')).toBe(patched + 1);
});

test('a reauthorization that Graph refuses stays due and is tried again', async () => {
  await renewedBefore(DAY_MS);
  const refusal = { status: 403, body: { error: { code: 'Forbidden', message: 'Not now.' } } };
  await scene.control('POST', '/faults', { match: { method: 'PATCH', path: '/subscriptions/' }, action: refusal });
  await post([reauthorise]);
  await waitFor(async () => (await scene.users()).problem !== null, { message: 'not refused' });
  await dealtWith();
  const { _id, renewedAt } = await scene.users();
  await scene.services.subscriptions.update(_id, { nextTryAt: null });
  await waitFor(async () => (await scene.users()).renewedAt?.getTime() !== renewedAt?.getTime(), {
    message: 'not tried again',
  });
  expect(await scene.users()).toMatchObject({ state: 'active', problem: null });
});

test('subscriptionRemoved waits while Graph does not say how it stands', async () => {
  const before = await scene.users();
  const fault = { status: 400, body: { error: { code: 'BadRequest', message: 'Not now.' } } };
  await scene.control('POST', '/faults', { match: { method: 'GET', path: '/subscriptions/.' }, action: fault });
  await scene.control('PATCH', `/subscriptions/${before.subscriptionId}`, { lifecycleEvent: 'subscriptionRemoved' });
  await waitFor(async () => (await told()).some(({ attempts }) => attempts > 0), { message: 'not put off' });
  expect(await scene.users()).toMatchObject({ subscriptionId: before.subscriptionId });
  await scene.services.store.collection('changes').updateMany({}, { $set: { dueAt: new Date(0) } });
  await waitFor(async () => (await scene.users()).subscriptionId !== before.subscriptionId, {
    message: 'not made anew',
  });
  await dealtWith();
});

test('an event about one of ours that no row knows has it deleted', async () => {
  const { notificationUrl } = await scene.users();
  const made = await scene.microsoft.graphFor(scene.tenant.id).createSubscription({
    ...{ resource: 'users', changeType: 'updated', clientState: 'made by an earlier life', notificationUrl },
    ...{ lifecycleNotificationUrl: notificationUrl, expiresAt: new Date(Date.now() + DAY_MS) },
  });
  if (made.outcome !== 'created') throw new Error('not made');
  await post([{ subscriptionId: made.subscription.id, ...reauthorise }]);
  await waitFor(async () => !(await scene.held()).some(({ id }) => id === made.subscription.id), {
    message: 'the stray is left',
  });
});
