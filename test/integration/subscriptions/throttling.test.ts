import { randomUUID } from 'node:crypto';
import { waitFor } from '../../support/wait-for.js';
import { firstPerson, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

let scene: SubscriptionsScene;

beforeAll(async () => {
  scene = await startSubscriptionsScene({ calendarSync: true });
  await firstPerson(scene);
});
afterAll(() => scene?.close());

/** Calendars of so many mailboxes are to be watched, none of which Exchange has. */
async function watch(count: number): Promise<void> {
  const tenantId = scene.tenant.id;
  const times = { dueAt: new Date(Date.now() + 86_400_000), verifiedAt: new Date() };
  const rows = Array.from({ length: count }, () => {
    const objectId = randomUUID();
    return { _id: `${tenantId}:${objectId}`, tenantId, objectId, state: 'ok', problem: null, ...times };
  });
  await scene.services.store.collection<{ _id: string }>('calendars').insertMany(rows);
}

async function creations() {
  const all = await scene.items<{ at: string; method: string; path: string; status: number }>('/requests');
  return all.filter(({ method, path }) => method === 'POST' && path.endsWith('/subscriptions'));
}

test('a creation that is throttled keeps the other subscriptions of the tenant back for its Retry-After', async () => {
  const before = (await creations()).length;
  const action = { status: 429, headers: { 'Retry-After': '3' } };
  await scene.control('POST', '/faults', { match: { method: 'POST', path: '/subscriptions$' }, action });
  await watch(60);
  await waitFor(async () => (await creations()).length - before >= 60, { message: 'not all are asked for' });
  const [refused, ...others] = (await creations()).slice(before).toSorted((a, b) => a.at.localeCompare(b.at));
  expect(refused?.status).toBe(429);
  const freeMs = Date.parse(refused?.at ?? '') + 2_900;
  // Those under way when it was refused.
  expect(others.filter(({ at }) => Date.parse(at) < freeMs).length).toBeLessThan(30);
});

test('a lifecycle event does not wait until thousands of mailboxes are watched', async () => {
  const before = (await creations()).length;
  await watch(450);
  await waitFor(async () => (await creations()).length > before, { message: 'nothing begins' });
  const rounds = await scene.rounds();
  await scene.control('PATCH', `/subscriptions/${(await scene.users()).subscriptionId}`, { lifecycleEvent: 'missed' });
  await waitFor(async () => (await scene.rounds()) > rounds, { message: 'not answered' });
  expect((await creations()).length - before).toBeLessThan(400);
});
