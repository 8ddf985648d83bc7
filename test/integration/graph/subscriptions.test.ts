import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DAY_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { type Scene, startScene } from './start-scene.js';

let scene: Scene;
let receiver: Server;
let address: string;
beforeEach(async () => {
  scene = await startScene({ people: 5, groups: 1 });
  receiver = createServer((request, response) => {
    const token = new URL(request.url ?? '/', 'http://x').searchParams.get('validationToken');
    response.writeHead(200, { 'content-type': 'text/plain' }).end(token ?? '');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await scene.close();
});

function wanted(minutes: number) {
  return {
    resource: 'users',
    changeType: 'updated,deleted',
    notificationUrl: `${address}/graph/notifications`,
    lifecycleNotificationUrl: `${address}/graph/lifecycle`,
    clientState: 'v1.state',
    expiresAt: new Date(scene.clock.nowMs() + minutes * MINUTE_MS),
  };
}

test('a subscription lives from its handshake to its deletion', async () => {
  const { graph, clock } = scene;
  const created = await graph.createSubscription(wanted(41_000));
  if (created.outcome !== 'created') throw new Error(`not created: ${created.failure.message}`);
  const { id, expiresAt } = created.subscription;
  expect(expiresAt.getTime() - clock.nowMs()).toBeGreaterThan(28 * DAY_MS);
  expect(await graph.getSubscription(id)).toMatchObject({ outcome: 'found', subscription: { id, resource: 'users' } });
  expect((await graph.listSubscriptions()).map((one) => one.id)).toEqual([id]);
  expect(await graph.createSubscription(wanted(41_000))).toMatchObject({ outcome: 'conflict' });
  const later = new Date(clock.nowMs() + 20 * DAY_MS);
  expect(await graph.renewSubscription(id, { expiresAt: later })).toMatchObject({
    outcome: 'renewed',
    subscription: { expiresAt: later },
  });
  expect(await graph.reauthoriseSubscription(id)).toEqual({ outcome: 'reauthorised' });
  expect(await graph.deleteSubscription(id)).toEqual({ outcome: 'deleted' });
  expect(await graph.renewSubscription(id, { expiresAt: later })).toEqual({ outcome: 'gone' });
  expect(await graph.listSubscriptions()).toEqual([]);
});

test('a wish beyond the maximum is shortened to what Graph names', async () => {
  const created = await scene.graph.createSubscription(wanted(60_000));
  expect(created).toMatchObject({ outcome: 'created' });
  const minutes =
    created.outcome === 'created' ? (created.subscription.expiresAt.getTime() - scene.clock.nowMs()) / MINUTE_MS : 0;
  expect(minutes).toBeGreaterThan(41_000);
  expect(minutes).toBeLessThanOrEqual(41_760);
});

test('a receiver that does not answer the handshake gets no subscription', async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  const refused = await scene.graph.createSubscription(wanted(1_000));
  expect(refused).toMatchObject({ outcome: 'failed', failure: { kind: 'rejected', status: 400 } });
});
