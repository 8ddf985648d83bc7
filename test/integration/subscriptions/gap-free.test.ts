import type { NewSubscription } from '../../../src/graph/types.js';
import { waitFor } from '../../support/wait-for.js';
import { DAY_MS, firstPerson, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

let scene: SubscriptionsScene;

beforeAll(async () => {
  scene = await startSubscriptionsScene();
  await firstPerson(scene);
});
beforeEach(() => scene.settled());
afterAll(() => scene?.close());

const OLD = 'http://localhost';

function at(base: string, changeType: string): NewSubscription {
  const notificationUrl = `${base}/graph/notifications`;
  const times = { expiresAt: new Date(Date.now() + DAY_MS) };
  const address = { notificationUrl, lifecycleNotificationUrl: `${base}/graph/lifecycle` };
  return { resource: 'users', changeType, clientState: 'of before', ...address, ...times };
}

async function make(wanted: NewSubscription): Promise<string> {
  const made = await scene.microsoft.graphFor(scene.tenant.id).createSubscription(wanted);
  if (made.outcome !== 'created') throw new Error(`not made: ${made.outcome}`);
  return made.subscription.id;
}

async function lose(): Promise<string | null> {
  const { subscriptionId } = await scene.users();
  await scene.control('DELETE', `/subscriptions/${subscriptionId}`);
  await scene.renew();
  return subscriptionId;
}

function sweep(wanted: { oldUrl?: string; dry?: boolean } = {}) {
  const request = { tenantId: scene.tenant.id, signal: AbortSignal.timeout(60_000) };
  return scene.microsoft.subscriptions.sweep({ ...request, ...wanted });
}

test('where the quota is full it is said, tried again after minutes, and made when there is room', async () => {
  const message = "App 'a' has reached its limit of '100' 'users' subscriptions on tenant 't'.";
  const full = { status: 403, body: { error: { code: 'Forbidden', message } } };
  await scene.control('POST', '/faults', { match: { method: 'POST', path: '/subscriptions$' }, action: full });
  const before = await lose();
  await waitFor(async () => (await scene.users()).problem !== null, { message: 'not refused' });
  const row = await scene.users();
  expect(row.problem).toMatch(/as many subscriptions as it allows/);
  expect((row.nextTryAt?.getTime() ?? 0) - row.updatedAt.getTime()).toBeGreaterThanOrEqual(300_000);
  await scene.services.subscriptions.update(row._id, { nextTryAt: null });
  await scene.settled();
  expect((await scene.users()).subscriptionId).not.toBe(before);
});

test('a creation that Graph puts off is not asked for again before the time that Graph named', async () => {
  const busy = { status: 503, headers: { 'Retry-After': '300' } };
  await scene.control('POST', '/faults', { match: { method: 'POST', path: '/subscriptions$' }, action: busy });
  await lose();
  await waitFor(async () => (await scene.users()).problem !== null, { message: 'not asked for' });
  const { _id, state, nextTryAt, updatedAt } = await scene.users();
  expect(state).toBe('creating');
  expect((nextTryAt?.getTime() ?? 0) - updatedAt.getTime()).toBeGreaterThanOrEqual(300_000);
  await scene.services.subscriptions.update(_id, { updatedAt: new Date(0), nextTryAt: null });
  await scene.settled();
});

test('one that is there without a row, for the very same, is deleted before ours is made', async () => {
  await lose();
  await scene.settled();
  const { _id, subscriptionId } = await scene.users();
  // The row forgets it, as one that came back from a backup would.
  await scene.services.subscriptions.update(_id, { subscriptionId: null, state: 'gone', nextTryAt: null });
  await waitFor(async () => ![null, subscriptionId].includes((await scene.users()).subscriptionId), {
    message: 'not made anew',
  });
  await scene.settled();
});

test('an answer that breaks off after Graph made it leads to no second one', async () => {
  const lost = { drop: true, reset: true };
  await scene.control('POST', '/faults', { match: { method: 'POST', path: '/subscriptions$' }, action: lost });
  const posted = await scene.requests('POST');
  await lose();
  await waitFor(async () => (await scene.users()).problem !== null, { message: 'the answer was not lost' });
  await scene.settled();
  expect(await scene.requests('POST')).toBe(posted + 1);
});

test('a sweep tells, then deletes strays under our address and notes what Graph does not know; foreign ones stay', async () => {
  const stray = await make(at(scene.config.notificationUrl, 'updated'));
  const foreign = await make(at(`${OLD}:${scene.config.port}`, 'deleted'));
  expect(await sweep({ dry: true })).toMatchObject({ deleted: [stray], lost: [], foreign: 1 });
  expect((await scene.held()).map(({ id }) => id)).toContain(stray);
  const { subscriptionId } = await scene.users();
  await scene.control('DELETE', `/subscriptions/${subscriptionId}`);

  expect(await sweep()).toMatchObject({ deleted: [stray], lost: ['users'], foreign: 1, failures: [] });

  const held = (await scene.held()).map(({ id }) => id);
  expect(held).not.toContain(stray);
  expect(held).toContain(foreign);
  await scene.control('DELETE', `/subscriptions/${foreign}`);
});

test('after a move, what is left at the old address goes by its name, and the present one is refused', async () => {
  const old = `${OLD}:${scene.config.port}`;
  const left = await make(at(old, 'deleted'));
  const kept = (await scene.rows()).map(({ subscriptionId }) => subscriptionId);
  expect(await sweep({ oldUrl: `${old}/` })).toMatchObject({ deleted: [left], lost: [], foreign: 0 });
  expect((await scene.rows()).map(({ subscriptionId }) => subscriptionId)).toEqual(kept);
  await expect(sweep({ oldUrl: scene.config.notificationUrl })).rejects.toMatchObject({ code: 'address_in_use' });
});

test('a row of another address than ours is made anew under ours, and its old one is deleted', async () => {
  const { _id, subscriptionId, notificationUrl } = await scene.users();
  await scene.services.subscriptions.update(_id, { notificationUrl: `${OLD}:1/graph/notifications` });
  await waitFor(async () => (await scene.users()).subscriptionId !== subscriptionId, { message: 'not moved' });
  await scene.settled();
  expect(await scene.users()).toMatchObject({ notificationUrl, state: 'active' });
});

test('disconnecting deletes them at Graph, and where Graph refuses it is tried again', async () => {
  const refusal = { status: 403, body: { error: { code: 'Forbidden', message: 'Not now.' } } };
  await scene.control('POST', '/faults', { match: { method: 'DELETE', path: '/subscriptions/.' }, action: refusal });
  await scene.services.integrations.disconnect(scene.enterpriseId, 'test');
  // Both are ended at once: the one goes, the other one says why it stays.
  const isOneLeft = async () => {
    const rows = await scene.rows();
    return rows.length === 1 && rows[0]?.problem !== null;
  };
  await waitFor(isOneLeft, { message: 'not one left' });
  const [row] = await scene.rows();
  expect(row?.problem).toContain('403');
  await scene.services.subscriptions.update(row?._id ?? '', { nextTryAt: null });
  await waitFor(async () => (await scene.rows()).length === 0, { message: 'rows are left' });
  expect(await scene.held()).toEqual([]);
});
