import { connectMicrosoft } from '../../../src/compose.js';
import { createMetrics } from '../../../src/kernel/metrics.js';
import type { SubscriptionRow } from '../../../src/subscriptions/types.js';
import { DAY_MS, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

const COUNT = 95;
const SOON_MS = 2 * 3_600_000;

let scene: SubscriptionsScene;

beforeAll(async () => {
  scene = await startSubscriptionsScene({ env: { ROLES: 'intake,portal' } });
  await makeSome();
});
afterAll(() => scene?.close());

/** Subscriptions to as many mailboxes, as an owner of before left them: all end soon. */
async function makeSome(): Promise<void> {
  const { tenant, services, microsoft, config } = scene;
  const graph = microsoft.graphFor(tenant.id);
  const notificationUrl = `${config.notificationUrl}/graph/notifications`;
  const address = { notificationUrl, lifecycleNotificationUrl: `${config.notificationUrl}/graph/lifecycle` };
  for (let index = 0; index < COUNT; index += 1) {
    const mail = `person${index}@kiwipower.test`;
    const { objectId } = tenant.directory.createUser({
      ...{ displayName: mail, mail, userPrincipalName: mail, accountEnabled: true },
    });
    const resource = `users/${objectId}/events`;
    const expiresAt = new Date(Date.now() + SOON_MS);
    const made = await graph.createSubscription({
      ...{ resource, changeType: 'created,updated,deleted', clientState: 'x', expiresAt, ...address },
    });
    if (made.outcome !== 'created') throw new Error(`not made: ${made.outcome}`);
    const { id } = made.subscription;
    await services.subscriptions.put({
      ...{ _id: `row-${index}`, tenantId: tenant.id, kind: 'events', resource, subscriptionId: id, state: 'active' },
      ...{ notificationUrl, keyId: '0000', nonce: '', certificateId: null, expiresAt: made.subscription.expiresAt },
      ...{ renewAt: new Date(0), lastNotificationAt: null, renewedAt: null, attempts: 0, nextTryAt: null },
      ...{ problem: null, createdAt: new Date(), updatedAt: new Date() },
    });
  }
}

const lifeMs = ({ expiresAt }: SubscriptionRow) => (expiresAt?.getTime() ?? 0) - Date.now();

const renewedRows = async () => (await scene.rows()).filter((row) => lifeMs(row) > 6 * DAY_MS);

async function batches(): Promise<number> {
  return (await scene.items<{ path: string }>('/requests')).filter(({ path }) => path.endsWith('/$batch')).length;
}

test('one who is killed on the way goes on where he was: each is renewed once, by twenty', async () => {
  const killed = new AbortController();
  const { services, config } = scene;
  const parts = connectMicrosoft({ ...services, metrics: createMetrics() }, config);
  let told = 0;
  const half = parts.subscriptions.renewDue({
    ...{ tenantId: scene.tenant.id, dueWithinMs: 2 * DAY_MS, signal: killed.signal },
    onProgress: () => {
      told += 1;
      if (told === 40) killed.abort(new Error('killed'));
    },
  });
  await expect(half).rejects.toThrow('killed');
  const done = (await renewedRows()).length;
  expect(done).toBeGreaterThanOrEqual(40);
  expect(done).toBeLessThan(COUNT);

  const progress: number[] = [];
  const results = await scene.microsoft.subscriptions.renewDue({
    ...{ tenantId: scene.tenant.id, dueWithinMs: 2 * DAY_MS, signal: AbortSignal.timeout(60_000) },
    onProgress: ({ done: so, total }) => progress.push(so / total),
  });
  expect(progress).toHaveLength(COUNT);
  expect(progress.at(-1)).toBe(1);
  expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'renewed'));
  // Also those that Graph renewed and whose answer never came to be kept.
  expect(await renewedRows()).toHaveLength(COUNT);
  // Two batches may have been on their way when it was killed.
  expect(await scene.requests('PATCH')).toBeLessThanOrEqual(COUNT + 40);
  expect(results.length).toBeLessThanOrEqual(COUNT - done);
  expect(await batches()).toBeLessThanOrEqual(8);
});

test('a batch with one that is lost and one that is refused renews the others', async () => {
  const [lost, refused] = await scene.rows();
  await scene.control('DELETE', `/subscriptions/${lost?.subscriptionId}`);
  const body = { error: { code: 'Forbidden', message: 'Not now.' } };
  const match = { method: 'PATCH', path: `/subscriptions/${refused?.subscriptionId}` };
  await scene.control('POST', '/faults', { match, times: 10, action: { status: 403, body } });
  for (const { subscriptionId } of (await scene.rows()).slice(1, 20)) {
    const expirationDateTime = new Date(Date.now() + SOON_MS);
    await scene.control('PATCH', `/subscriptions/${subscriptionId}`, { expirationDateTime });
  }
  const results = await scene.microsoft.subscriptions.renewDue({
    ...{
      tenantId: scene.tenant.id,
      dueWithinMs: 2 * DAY_MS,
      signal: AbortSignal.timeout(60_000),
      onProgress: () => {},
    },
  });
  const outcomes = results.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'renewed')).toHaveLength(18);
  expect(results.find(({ row }) => row._id === refused?._id)).toMatchObject({ outcome: 'failed' });
  expect(results.find(({ row }) => row._id === lost?._id)?.outcome).toBe('recreated');
});

test('where Graph throttles the tenant, what has not been sent is left for the next time', async () => {
  const patched = await scene.requests('PATCH');
  const busy = { status: 429, headers: { 'Retry-After': '300' } };
  await scene.control('POST', '/faults', {
    match: { method: 'PATCH', path: '/subscriptions/' },
    times: 95,
    action: busy,
  });
  const results = await scene.microsoft.subscriptions.renewDue({
    ...{ tenantId: scene.tenant.id, dueWithinMs: 8 * DAY_MS, signal: AbortSignal.timeout(60_000) },
    onProgress: () => {},
  });
  expect(results.map(({ outcome }) => outcome)).toEqual(Array(COUNT).fill('failed'));
  expect(results.map(({ message }) => message)).toContainEqual(expect.stringMatching(/asked us to wait/));
  // Two batches were on their way.
  expect((await scene.requests('PATCH')) - patched).toBeLessThanOrEqual(40);
});

test('the job leaves alone what carries the event and lives a day, until the last hours of it', async () => {
  const [row] = await scene.rows();
  if (!row) throw new Error('no row');
  const { subscriptions } = scene.services;
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
  const ends = { directoryBefore: inHours(7 * 24), mailboxesBefore: inHours(48), richBefore: inHours(6) };
  for (const { _id } of await scene.rows()) await subscriptions.update(_id, { renewAt: new Date(0) });
  const rich = { certificateId: 'ours', state: 'active', expiresAt: inHours(23), renewAt: inHours(12) } as const;
  await subscriptions.update(row._id, rich);
  expect(await subscriptions.askRenewal(ends, new Date())).toBe(0);
  await subscriptions.update(row._id, { expiresAt: inHours(5), renewAt: inHours(1) });
  expect(await subscriptions.askRenewal(ends, new Date())).toBe(1);
});
