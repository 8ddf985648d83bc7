import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { HOUR_MOST } from '../../../src/notices/rules/limit.js';
import { BY, type NoticesScene, openNotices } from './notices-scene.js';

let scene: NoticesScene;
let here: ReturnType<NoticesScene['aProcess']>;
beforeEach(async () => {
  scene = await openNotices();
  here = scene.aProcess({ mail: {} });
  // The digest, with which much could go, is switched off.
  await here.settings.set(scene.enterpriseId, { emails: ['desk@kiwi.example'], off: ['problems_digest'] }, { by: BY });
});
afterEach(() => scene.drop());

const told = async () => (await scene.messages()).map(({ phase, words }) => `${phase} ${words.subject}`);
async function lookAfter(ms: number) {
  await scene.clock.advance(ms);
  await here.look();
}

/** One trouble after the other, each of which is over when the next one comes. */
async function manyTroubles(count = HOUR_MOST) {
  for (let n = 0; n < count; n += 1) {
    await scene.hold(1);
    await here.look();
    await scene.release();
    await lookAfter(MINUTE_MS);
  }
}

test('a lost consent is told at once, however much was told in this hour', async () => {
  await manyTroubles();
  const lastError = { code: 'app_not_consented', message: 'Approve again.', at: scene.clock.now() };
  await scene.change({ connection: 'error', lastError });
  await here.look();
  expect((await told()).slice(HOUR_MOST)).toEqual([
    'began Kiwi Power: Microsoft Entra ID does not let GetHomeSafe in any more',
  ]);
});

test('what there is no room for is told by itself as soon as there is room, where it still stands', async () => {
  await manyTroubles();
  await scene.aRun({ status: 'failed', code: 'network' });
  await here.look();
  expect(await told()).toHaveLength(HOUR_MOST);
  await lookAfter(HOUR_MS);
  await lookAfter(MINUTE_MS);
  expect((await told()).slice(HOUR_MOST)).toContain('began Kiwi Power: The sync failed');
  expect((await told()).filter((line) => line.endsWith('The sync failed'))).toHaveLength(1);
});

test('an end that there is no room for is told later, and is not shown as standing until then', async () => {
  await scene.aRun({ status: 'failed', code: 'network' });
  await here.look();
  await lookAfter(30 * MINUTE_MS);
  await manyTroubles(HOUR_MOST - 1);
  await scene.aRun({ status: 'succeeded' });
  for (let n = 0; n < 3; n += 1) await lookAfter(7 * MINUTE_MS);
  expect((await told()).filter((line) => line.startsWith('resolved'))).toEqual([]);
  expect(await here.notices.open(scene.enterpriseId)).toEqual([]);
  await lookAfter(HOUR_MS);
  expect(await told()).toContain('resolved Kiwi Power: The sync succeeds again');
});

test('what was over before there was room goes with a digest, which tells nothing of problems where these are off', async () => {
  await scene.problems(5);
  await manyTroubles(HOUR_MOST + 2);
  await lookAfter(10 * MINUTE_MS);
  // From three to past eight in the morning, where the enterprise is.
  await lookAfter(5 * HOUR_MS);
  const digests = (await scene.messages()).filter(({ phase }) => phase === 'digest');
  expect(digests.map(({ words }) => words.lines)).toEqual([
    [
      '2 more notices since the last digest, too many to send each:',
      ...Array.from({ length: 2 }, () => '- Kiwi Power: 1 change waits for your approval'),
    ],
  ]);
  await lookAfter(DAY_MS);
  expect((await scene.messages()).filter(({ phase }) => phase === 'digest')).toHaveLength(1);
});

test('a secret of which nobody wanted to be told for a while is told again when it comes nearer to its end', async () => {
  const set = (patch: object) => here.settings.set('-', patch, { by: BY });
  await set({ emails: ['op@ghs.example'] });
  scene.credentialIs({ secretExpiresAt: new Date(scene.clock.nowMs() + 14 * DAY_MS) });
  await here.look();
  await set({ off: ['secret_ending'] });
  await lookAfter(DAY_MS);
  await set({ off: [] });
  await lookAfter(MINUTE_MS);
  expect(await told()).toHaveLength(1);
  await lookAfter(6 * DAY_MS);
  scene.credentialIs({ secretExpiresAt: new Date(scene.clock.nowMs() + 700 * DAY_MS) });
  await here.look();
  await lookAfter(10 * MINUTE_MS);
  expect(await told()).toEqual([
    'began GetHomeSafe: The client secret ends in 14 days',
    'again GetHomeSafe: The client secret ends in 6 days',
    'resolved GetHomeSafe: The new secret or certificate is in use',
  ]);
});
