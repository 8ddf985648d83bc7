import { waitFor } from '../../support/wait-for.js';
import { DAY_MS, firstPerson, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

let scene: SubscriptionsScene;

beforeAll(async () => {
  scene = await startSubscriptionsScene();
  await firstPerson(scene);
});
beforeEach(() => scene.settled());
afterAll(() => scene?.close());

const inMs = (ms: number) => new Date(Date.now() + ms);
const lifeMs = (at: Date | string | null | undefined) => new Date(at ?? 0).getTime() - Date.now();

test('a subscription is made for nearly the longest life that Graph grants, and its renewal is planned for the middle', async () => {
  for (const row of await scene.settled()) {
    expect(lifeMs(row.expiresAt) / DAY_MS).toBeGreaterThan(28);
    expect(lifeMs(row.renewAt) / lifeMs(row.expiresAt)).toBeGreaterThan(0.49);
    expect(lifeMs(row.renewAt) / lifeMs(row.expiresAt)).toBeLessThan(0.61);
  }
});

test('a look at a subscription that is as it was does not put its renewal off', async () => {
  const { renewAt } = await scene.users();
  expect(await scene.renew()).toEqual([]);
  expect((await scene.users()).renewAt).toEqual(renewAt);
});

test('the script renews what Graph says ends soon, whatever our rows say, and asks for a catch-up', async () => {
  const row = await scene.users();
  await scene.control('PATCH', `/subscriptions/${row.subscriptionId}`, { expirationDateTime: inMs(600_000) });
  const rounds = await scene.rounds();

  const renewed = await scene.renew();

  expect(renewed).toEqual([expect.objectContaining({ outcome: 'renewed', message: null })]);
  expect(renewed[0]?.row.subscriptionId).toBe(row.subscriptionId);
  expect(lifeMs(renewed[0]?.row.expiresAt) / DAY_MS).toBeGreaterThan(20);
  const held = (await scene.held()).find(({ id }) => id === row.subscriptionId);
  expect(lifeMs(held?.expirationDateTime) / DAY_MS).toBeGreaterThan(20);
  await waitFor(async () => (await scene.rounds()) > rounds, { message: 'no catch-up round' });
});

test('the owner renews by itself when the time of a subscription has come', async () => {
  const row = await scene.users();
  const rounds = await scene.rounds();
  await scene.services.subscriptions.update(row._id, { renewAt: inMs(-1) });
  const renewedMs = row.renewedAt?.getTime();
  await waitFor(async () => (await scene.users()).renewedAt?.getTime() !== renewedMs, { message: 'not renewed' });
  const after = await scene.users();
  expect(after.subscriptionId).toBe(row.subscriptionId);
  expect(lifeMs(after.renewAt)).toBeGreaterThan(0);
  await waitFor(async () => (await scene.rounds()) > rounds, { message: 'no catch-up round' });
});

test('what the job asks for is renewed by the owner', async () => {
  const row = await scene.users();
  await scene.services.subscriptions.update(row._id, { expiresAt: inMs(DAY_MS), renewAt: inMs(DAY_MS / 2) });
  expect(
    await scene.services.subscriptions.askRenewal(
      { directoryBefore: inMs(7 * DAY_MS), mailboxesBefore: inMs(DAY_MS), richBefore: inMs(0) },
      new Date(),
    ),
  ).toBe(1);
  await waitFor(async () => lifeMs((await scene.users()).expiresAt) > 20 * DAY_MS, { message: 'not renewed' });
});

test('where Graph caps the life, its own cap is asked for, and what it granted is what counts', async () => {
  const row = await scene.users();
  const message = 'Subscription expiration can only be 4230 minutes in the future.';
  const refusal = { status: 400, body: { error: { code: 'InvalidRequest', message } } };
  await scene.control('POST', '/faults', { match: { method: 'PATCH', path: '/subscriptions/' }, action: refusal });
  await scene.services.subscriptions.update(row._id, { renewAt: inMs(-1) });
  await waitFor(async () => lifeMs((await scene.users()).expiresAt) < 4 * DAY_MS, { message: 'not capped' });
  const after = await scene.users();
  expect(lifeMs(after.expiresAt) / 60_000).toBeGreaterThan(4_200);
  expect(after).toMatchObject({ state: 'active', problem: null, attempts: 0 });
});

test('a renewal that Graph refuses is kept with its reason and its next try, and the subscription stays', async () => {
  const row = await scene.users();
  const refusal = { status: 403, body: { error: { code: 'Forbidden', message: 'Not now.' } } };
  await scene.control('POST', '/faults', { match: { method: 'PATCH', path: '/subscriptions/' }, action: refusal });
  await scene.services.subscriptions.update(row._id, { renewAt: inMs(-1) });
  await waitFor(async () => (await scene.users()).attempts > 0, { message: 'not tried' });
  const failed = await scene.users();
  expect(failed).toMatchObject({ state: 'active', subscriptionId: row.subscriptionId });
  expect(failed.problem).toContain('403');
  expect(lifeMs(failed.nextTryAt)).toBeGreaterThan(0);

  await scene.services.subscriptions.update(row._id, { nextTryAt: null });
  await waitFor(async () => (await scene.users()).attempts === 0, { message: 'not tried again' });
  expect(await scene.users()).toMatchObject({ state: 'active', problem: null });
});

test('one that is signed with a secret of the past is made anew, signed with the new one', async () => {
  const row = await scene.users();
  await scene.services.subscriptions.update(row._id, { keyId: '0000' });
  await waitFor(async () => lifeMs((await scene.users()).renewAt) <= DAY_MS, { message: 'its end was not hurried' });
  await scene.services.subscriptions.update(row._id, { renewAt: inMs(-1) });
  await waitFor(async () => (await scene.users()).keyId === row.keyId, { message: 'not made anew' });
  await scene.settled();
  const now = await scene.users();
  expect(now.subscriptionId).not.toBe(row.subscriptionId);
  const held = (await scene.held()).find(({ id }) => id === now.subscriptionId);
  expect(held?.clientState).toMatch(new RegExp(`^v1\\.${row.keyId}\\.u\\.`));
});
