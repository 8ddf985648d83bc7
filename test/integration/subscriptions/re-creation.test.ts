import type { NewSubscription } from '../../../src/graph/types.js';
import { startWork } from '../../support/start-work.js';
import { waitFor } from '../../support/wait-for.js';
import {
  DAY_MS,
  firstPerson,
  hasFirstName,
  type SubscriptionsScene,
  startSubscriptionsScene,
} from './subscriptions-scene.js';

describe('while the service runs', () => {
  let scene: SubscriptionsScene;
  let person: string;
  beforeAll(async () => {
    scene = await startSubscriptionsScene();
    person = await firstPerson(scene);
  });
  beforeEach(() => scene.settled());
  afterAll(() => scene?.close());

  test('one that Graph lost is left to the owner by the script, made anew, and what was not told is found', async () => {
    const before = await scene.users();
    await scene.control('DELETE', `/subscriptions/${before.subscriptionId}`);
    scene.tenant.directory.updateUser(person, { givenName: 'Untold' });

    const [item] = await scene.renew();

    expect(item).toMatchObject({ outcome: 'left', message: expect.stringContaining('404') });
    await scene.settled();
    expect((await scene.users()).subscriptionId).not.toBe(before.subscriptionId);
    await hasFirstName(scene, person, 'Untold');
  });

  test('the owner itself meets the loss when it renews', async () => {
    const before = await scene.users();
    await scene.control('DELETE', `/subscriptions/${before.subscriptionId}`);
    await scene.services.subscriptions.update(before._id, { renewAt: new Date(0) });
    await waitFor(async () => (await scene.users()).subscriptionId !== before.subscriptionId, { message: 'not lost' });
    await scene.settled();
  });

  test('what Graph says of one that was made anew meanwhile leaves its successor as it is', async () => {
    const before = await scene.users();
    await scene.services.subscriptions.update(before._id, { keyId: '0000', renewAt: new Date(0) });
    await waitFor(async () => (await scene.users()).keyId === before.keyId, { message: 'not made anew' });
    await scene.settled();
    const successor = await scene.users();
    expect(successor.subscriptionId).not.toBe(before.subscriptionId);
    // As the script does, which read its rows before.
    const graph = scene.microsoft.graphFor(scene.tenant.id);
    const { signal } = new AbortController();
    const { execute } = scene.microsoft.subscriptions;
    expect(await execute.run(graph, { act: 'check', row: before }, signal)).toMatchObject({ ok: true, isLost: false });
    const renewed = await execute.renewAll(graph, [before], signal);
    expect(renewed.get(before._id)).toMatchObject({ ok: true, isLost: false, needsLook: false });
    const fault = { status: 403, body: { error: { code: 'Forbidden', message: 'Not now.' } } };
    await scene.control('POST', '/faults', { match: { method: 'GET', path: '/subscriptions/.' }, action: fault });
    expect(await execute.run(graph, { act: 'check', row: before }, signal)).toMatchObject({ ok: false });
    expect(await scene.users()).toEqual(successor);
  });

  test('a subscription whose creation was never answered is found again and not made twice', async () => {
    const before = await scene.users();
    const lost = { drop: true, reset: true };
    await scene.control('POST', '/faults', { match: { method: 'POST', path: '/subscriptions$' }, action: lost });
    await scene.control('DELETE', `/subscriptions/${before.subscriptionId}`);
    await scene.renew();
    await waitFor(async () => (await scene.users()).problem !== null, { message: 'the answer was not lost' });
    const [made] = (await scene.held()).filter(({ resource }) => /users$/.test(resource));
    await scene.settled();
    expect((await scene.users()).subscriptionId).toBe(made?.id);
  });

  test('where the sync is switched off they stay for a day, are deleted then, and made anew when it is on again', async () => {
    const { settings, store } = scene.services;
    const before = (await scene.held()).map(({ id }) => id);
    await settings.setSettings(scene.enterpriseId, { usersSync: false }, { by: 'test' });
    await scene.settled();
    expect((await scene.held()).map(({ id }) => id)).toEqual(before);
    const usersSyncOffAt = new Date(Date.now() - DAY_MS);
    await store
      .collection<{ _id: string }>('integrations')
      .updateOne({ _id: scene.enterpriseId }, { $set: { usersSyncOffAt } });
    await waitFor(async () => (await scene.rows()).length === 0, { message: 'rows left' });
    expect(await scene.held()).toEqual([]);
    await settings.setSettings(scene.enterpriseId, { usersSync: true }, { by: 'test' });
    await scene.settled();
  });
});

describe('where no owner is alive', () => {
  let scene: SubscriptionsScene;
  beforeAll(async () => {
    scene = await startSubscriptionsScene({ env: { ROLES: 'intake,portal' } });
  });
  afterAll(() => scene?.close());

  const ours = () => `${scene.config.notificationUrl}/graph/notifications`;

  function made(notificationUrl: string, changeType: string): NewSubscription {
    const expiresAt = new Date(Date.now() + DAY_MS);
    const address = {
      notificationUrl,
      lifecycleNotificationUrl: notificationUrl.replace('notifications', 'lifecycle'),
    };
    return { resource: 'users', changeType, clientState: 'not ours to know', expiresAt, ...address };
  }

  async function goneRow(notificationUrl: string): Promise<void> {
    const now = new Date();
    await scene.services.subscriptions.put({
      ...{ _id: 'row', tenantId: scene.tenant.id, kind: 'users', resource: 'users', subscriptionId: null },
      ...{ state: 'gone', notificationUrl, keyId: '0000', nonce: '', expiresAt: null, renewAt: null },
      ...{ lastNotificationAt: null, renewedAt: null, attempts: 0, nextTryAt: null, problem: null },
      ...{ createdAt: now, updatedAt: now },
    });
  }

  test('the script makes a lost one anew itself', async () => {
    await goneRow(ours());
    const [item] = await scene.renew();
    expect(item).toMatchObject({ outcome: 'recreated', row: { state: 'active' } });
    expect((await scene.held()).map(({ id }) => id)).toEqual([item?.row.subscriptionId]);
    await scene.control('DELETE', `/subscriptions/${item?.row.subscriptionId}`);
  });

  test('and says so plainly where nobody answers at our own address', async () => {
    await goneRow(ours());
    const unreachable = await startSubscriptionsScene({
      env: { ROLES: 'portal', NOTIFICATION_URL: 'http://127.0.0.1:9' },
    });
    try {
      const { services, tenant } = unreachable;
      const [row] = await scene.rows();
      if (!row) throw new Error('no row');
      await services.subscriptions.put({ ...row, tenantId: tenant.id });
      const [item] = await unreachable.renew();
      expect(item).toMatchObject({ outcome: 'failed', row: { state: 'gone' } });
      expect(item?.message).toMatch(/404.*our own address.*Start the service/);
      expect(await unreachable.held()).toEqual([]);
    } finally {
      await unreachable.close();
    }
  });

  test('an owner that begins deletes strays under our address and never touches foreign ones', async () => {
    await scene.services.subscriptions.remove('row');
    const graph = scene.microsoft.graphFor(scene.tenant.id);
    const stray = await graph.createSubscription(made(ours(), 'updated'));
    const foreign = await graph.createSubscription(made(ours().replace('127.0.0.1', 'localhost'), 'deleted'));
    if (stray.outcome !== 'created' || foreign.outcome !== 'created') throw new Error('not made');

    const { services, microsoft, config } = scene;
    const worker = await startWork(services, { microsoft, config });
    try {
      await waitFor(async () => (await scene.rows()).filter(({ state }) => state === 'active').length === 2, {
        message: 'no subscriptions',
      });
      const held = (await scene.held()).map(({ id }) => id);
      expect(held).toContain(foreign.subscription.id);
      expect(held).not.toContain(stray.subscription.id);
      expect(held).toHaveLength(3);
    } finally {
      await worker.stop();
    }
  });
});
