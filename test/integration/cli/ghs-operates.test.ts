import { randomUUID } from 'node:crypto';
import { ghsAt } from '../../support/ghs.js';
import { fieldCrew, subscribed } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

const DAY_MS = 86_400_000;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await fieldCrew(stack);
  await stack.sync();
  await subscribed(stack);
});
afterAll(() => stack?.close());

const ghs = (...argv: string[]) => ghsAt(stack, ...argv);

async function failing(): Promise<string[]> {
  const { document } = await ghs('doctor');
  return document.checks.filter(({ ok }: { ok: boolean }) => !ok).map(({ id }: { id: string }) => id);
}

test('doctor finds nothing while Graph is heard, answered and followed', async () => {
  expect(await failing()).toEqual([]);
});

test('doctor says that notices are lost, that answers are slow, and that catch-up stands still', async () => {
  const { store, subscriptions, mirror } = stack.services;
  const [row] = await subscriptions.ofTenant(stack.tenant.id);
  await subscriptions.update(row?._id ?? '', { lostAt: new Date(), lostNotices: 3 });
  expect(await failing()).toEqual(['notices']);
  const listed = (await ghs('subscriptions', 'list')).document.items.map(
    ({ lostNotices }: { lostNotices: number }) => lostNotices,
  );
  expect(listed.sort()).toEqual([0, 3]);
  await subscriptions.update(row?._id ?? '', { lostAt: new Date(Date.now() - 2 * DAY_MS) });

  const slow = { at: new Date(), answers: 50, over3s: 0.2, over10s: 0, state: 'delayed' };
  await store.collection('endpointReports').updateOne({ _id: 'another' as never }, { $set: slow }, { upsert: true });
  expect(await failing()).toEqual(['answers']);
  await store.collection('endpointReports').deleteOne({ _id: 'another' as never });

  const rests = async () => {
    const { askedAt, roundAt, pending } = await mirror.cursors.load(stack.tenant.id);
    return pending === null && askedAt !== null && roundAt !== null && roundAt >= askedAt;
  };
  await waitFor(rests, { message: 'catch-up does not rest' });
  const linkedAt = new Date(Date.now() - 6 * DAY_MS);
  await stack.services.store.transaction((session) => mirror.cursors.update(session, stack.tenant.id, { linkedAt }));
  const { document } = await ghs('doctor');
  const found = document.checks.find(({ id }: { id: string }) => id === 'catch_up');
  expect(found).toMatchObject({ ok: false, detail: expect.stringMatching(/In 2[34] hours Graph forgets/) });
});

test('subscriptions sweep tells first, then deletes what is left at a former address', async () => {
  const base = `http://localhost:${stack.config.port}`;
  const made = await stack.microsoft.graphFor(stack.tenant.id).createSubscription({
    ...{ resource: 'users', changeType: 'deleted', clientState: 'of before' },
    ...{ notificationUrl: `${base}/graph/notifications`, lifecycleNotificationUrl: `${base}/graph/lifecycle` },
    expiresAt: new Date(Date.now() + DAY_MS),
  });
  if (made.outcome !== 'created') throw new Error('not made');
  const { id } = made.subscription;
  expect((await ghs('subscriptions', 'sweep')).document.items).toEqual([
    { tenantId: stack.tenant.id, deleted: [], lost: [], foreign: 1, failures: [] },
  ]);
  const old = ['subscriptions', 'sweep', '--url', base];
  expect((await ghs(...old, '--dry-run')).document.items[0]).toMatchObject({ deleted: [id] });
  expect(await ghs(...old)).toMatchObject({ code: 0, document: { items: [{ deleted: [id], lost: [] }] } });
  expect((await ghs(...old)).document.items[0]).toMatchObject({ deleted: [] });
  expect((await ghs('subscriptions', 'sweep', '--url', stack.url)).document.error).toMatchObject({
    code: 'address_in_use',
  });
});

test('changes retry takes a kind, and refuses one that there is not', async () => {
  expect(await ghs('changes', 'retry', '--kind', 'group')).toMatchObject({ code: 0, document: { retried: 0 } });
  expect((await ghs('changes', 'retry', '--kind', 'planet')).code).toBe(2);
});

test('while paused nothing is read or written but a dry run that somebody asks for', async () => {
  expect((await ghs('integration', 'pause')).document.paused).toBe(true);
  expect((await ghs('sync', 'now')).document.error).toMatchObject({ code: 'paused' });
  for (const argv of [
    ['people', 'sync', randomUUID()],
    ['problems', 'retry'],
  ])
    expect(await ghs(...argv)).toMatchObject({ code: 1, document: { error: { code: 'paused' } } });
  expect((await ghs('sync', 'now', '--dry-run')).document).toMatchObject({ status: 'succeeded', dry: true });
  expect((await ghs('integration', 'resume')).document.paused).toBe(false);
});
