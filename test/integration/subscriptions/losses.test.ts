import { waitFor } from '../../support/wait-for.js';
import { firstPerson, hasFirstName, type SubscriptionsScene, startSubscriptionsScene } from './subscriptions-scene.js';

const LAG_MS = 3_000;
/** On Graph's clock, which is moved. */
const UNDER_WAY_MS = 60_000;

let scene: SubscriptionsScene;
let person: string;

beforeAll(async () => {
  scene = await startSubscriptionsScene({ env: { LAG_DIRECTORY_MS: String(LAG_MS) } });
  person = await firstPerson(scene);
});
beforeEach(async () => {
  Object.assign(scene.simulator.delivery.settings, { loss: 0, delayMs: 0 });
  // Young ones are not measured.
  for (const { _id } of await scene.settled())
    await scene.services.subscriptions.update(_id, { createdAt: new Date(0) });
});
afterAll(() => scene?.close());

const row = async (kind: string) => (await scene.rows()).find((each) => each.kind === kind);
const lost = async (kind: string) => (await row(kind))?.lostNotices ?? 0;
const ask = () => scene.services.mirror.cursors.ask(scene.tenant.id, new Date());
const suspects = () => scene.services.store.collection('lostNotices').countDocuments({});

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${scene.opsUrl}/metrics`)).text();
  const found = new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(text);
  return Number(found?.[1] ?? 0);
}

async function renamed(givenName: string): Promise<void> {
  scene.tenant.directory.updateUser(person, { givenName });
  await ask();
  await hasFirstName(scene, person, givenName);
}

test('what Graph told of late, but within the lag, is not lost', async () => {
  scene.simulator.delivery.settings.delayMs = UNDER_WAY_MS;
  await renamed('Late');
  await waitFor(async () => (await suspects()) > 0, { message: 'nothing suspected' });
  // A catch-up has come first.
  scene.simulator.world.clock.advance(UNDER_WAY_MS);
  await waitFor(async () => (await suspects()) === 0, { message: 'not judged' });
  expect(await lost('users')).toBe(0);
});

test('a change that Graph never told of is counted, and after two losses in a row the subscription is made anew', async () => {
  scene.simulator.delivery.settings.loss = 1;
  const before = await row('users');
  await renamed('Lost');
  await waitFor(async () => (await lost('users')) === 1, { message: 'not counted' });
  expect(await row('users')).toMatchObject({ subscriptionId: before?.subscriptionId, state: 'active', lossStreak: 1 });

  await renamed('Lost again');
  const anew = async () => ![before?.subscriptionId, null].includes((await row('users'))?.subscriptionId ?? null);
  await waitFor(anew, { message: 'not made anew' });
  await scene.settled();
  expect(await row('users')).toMatchObject({ lostNotices: 2, lossStreak: 0, problem: null });
  expect(await lost('groups')).toBe(0);
  expect(await metric('notices_lost_total{kind="users"}')).toBe(2);
  expect(await metric('subscriptions_losing_total{kind="users"}')).toBe(1);
});

test('somebody who joined unheard is the loss of the subscription to groups', async () => {
  scene.simulator.delivery.settings.loss = 1;
  const mail = 'mere@kiwipower.test';
  const { objectId } = scene.tenant.directory.createUser({
    ...{ displayName: 'Mere', givenName: 'Mere', mail, userPrincipalName: mail, accountEnabled: true },
  });
  const [groupId] = [...scene.tenant.view().groups()].map(({ id }) => id);
  scene.tenant.directory.addMember(groupId ?? '', objectId);
  const usersLost = await lost('users');
  await ask();
  await hasFirstName(scene, objectId, 'Mere');
  await waitFor(async () => (await lost('groups')) === 1, { message: 'not counted' });
  expect(await lost('users')).toBe(usersLost);
});

test('a round without loss ends the row once Graph has told something', async () => {
  expect(await row('groups')).toMatchObject({ lossStreak: 1 });
  const [groupId] = [...scene.tenant.view().groups()].map(({ id }) => id);
  const mail = 'hemi@kiwipower.test';
  const { objectId } = scene.tenant.directory.createUser({
    ...{ displayName: 'Hemi', givenName: 'Hemi', mail, userPrincipalName: mail, accountEnabled: true },
  });
  scene.tenant.directory.addMember(groupId ?? '', objectId);
  await hasFirstName(scene, objectId, 'Hemi');
  // Heard of at most once a minute.
  await scene.services.subscriptions.update((await row('groups'))?._id ?? '', { lastNotificationAt: new Date() });
  await ask();
  await waitFor(async () => (await row('groups'))?.lossStreak === 0, { message: 'still in a row' });
});

test('how long the delta links still live is told', async () => {
  const week = 7 * 86_400;
  const left = await metric('delta_link_left_seconds');
  expect(left).toBeGreaterThan(week - 600);
  expect(left).toBeLessThanOrEqual(week);
});
