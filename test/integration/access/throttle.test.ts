import { NAME_IS_TRIED } from '../../../src/access/sign-in/throttle.js';
import { SIGN_IN_THROTTLES } from '../../../src/access/types.js';
import { AppError } from '../../../src/kernel/app-error.js';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../src/kernel/clock.js';
import { type AccessScene, cookieFrom, HOME, openAccess, PASSWORD } from './access-fixture.js';

let scene: AccessScene;
/** How often a password was really looked at. */
let looks: number;
beforeEach(async () => {
  scene = await openAccess();
  looks = 0;
});
afterEach(() => scene.drop());

const ANN = 'ann@acme.example';
const FREE_FAILURES = 5;

/** Access with passwords that cost nothing, so that hundreds can be tried. */
function quick() {
  const verify = async (password: string, kept: unknown) => {
    looks += 1;
    return kept !== null && password === PASSWORD;
  };
  const access = scene.accessWith({ passwords: { ...scene.passwords, verify } });
  return async (password: string, from: { userName?: string; address?: string } = {}) => {
    const result = await access.signIn({ userName: ANN, address: HOME, password, replaces: undefined, ...from });
    return result.outcome === 'throttled' ? result.retryAfterMs : result.outcome;
  };
}

async function fail(tryIt: ReturnType<typeof quick>, times: number, from = {}): Promise<(string | number)[]> {
  const outcomes: (string | number)[] = [];
  for (let time = 0; time < times; time += 1) outcomes.push(await tryIt('wrong', from));
  return outcomes;
}

test('after five failures somebody waits, each time twice as long, and nothing is looked at meanwhile', async () => {
  await scene.anAccount({ userName: ANN });
  const tryIt = quick();
  expect(await fail(tryIt, FREE_FAILURES + 1)).toEqual(Array(FREE_FAILURES + 1).fill('refused'));
  for (const seconds of [1, 2, 4, 8]) {
    const before = looks;
    expect(await tryIt(PASSWORD)).toBe(seconds * SECOND_MS);
    expect(looks).toBe(before);
    await scene.clock.advance(seconds * SECOND_MS);
    expect(await tryIt('wrong')).toBe('refused');
  }
  await scene.clock.advance(16 * SECOND_MS);
  expect(await tryIt(PASSWORD)).toBe('signed_in');
});

test('a sign-in that goes well ends the waiting; waits never exceed 15 minutes, and are forgotten after a day', async () => {
  await scene.anAccount({ userName: ANN });
  const tryIt = quick();
  await fail(tryIt, FREE_FAILURES);
  expect(await tryIt(PASSWORD)).toBe('signed_in');
  expect(await fail(tryIt, FREE_FAILURES + 1)).toEqual(Array(FREE_FAILURES + 1).fill('refused'));
  let waitMs = 0;
  for (let time = 0; time < 15; time += 1) {
    const outcome = await tryIt('wrong');
    if (typeof outcome !== 'number') continue;
    waitMs = outcome;
    await scene.clock.advance(outcome);
  }
  for (let time = 0; time < 8; time += 1) {
    await tryIt('wrong');
    waitMs = Number(await tryIt('wrong'));
    await scene.clock.advance(waitMs);
  }
  expect(waitMs).toBe(15 * MINUTE_MS);
  await scene.clock.advance(DAY_MS);
  expect(await fail(tryIt, FREE_FAILURES)).toEqual(Array(FREE_FAILURES).fill('refused'));
});

test('many at once are counted as many, over processes and restarts', async () => {
  await scene.anAccount({ userName: ANN });
  const processes = [quick(), quick(), quick()];
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, index) => processes[index % 3]?.('wrong') ?? Promise.resolve('refused')),
  );
  expect(looks).toBeLessThanOrEqual(FREE_FAILURES + 1);
  expect(outcomes.filter((outcome) => outcome === 'refused').length).toBe(looks);
  expect(await quick()(PASSWORD)).toEqual(expect.any(Number));
});

test('nobody is shut out by a stranger elsewhere, however often that one fails', async () => {
  await scene.anAccount({ userName: ANN });
  const tryIt = quick();
  for (let time = 0; time < 40; time += 1) await fail(tryIt, 3, { address: `198.51.100.${time}` });
  expect(await tryIt(PASSWORD)).toBe('signed_in');
});

test('a name that many try costs each new address its first free failures', async () => {
  await scene.anAccount({ userName: ANN });
  const tryIt = quick();
  for (let time = 0; time <= NAME_IS_TRIED; time += 1) await fail(tryIt, 1, { address: `198.51.100.${time}` });
  const late = { address: '203.0.113.9' };
  expect(await fail(tryIt, 2, late)).toEqual(['refused', MINUTE_MS]);
  expect(await tryIt('wrong', { ...late, userName: 'bob@acme.example' })).toBe('refused');
});

test('an attempt that nobody could look at is no failure, and takes back none that there was', async () => {
  await scene.anAccount({ userName: ANN });
  let isBusy = false;
  const verify: typeof scene.passwords.verify = async (password) => {
    if (isBusy) throw new AppError('sign_in_busy', 'Too many people sign in.', { status: 503 });
    return password === PASSWORD;
  };
  const access = scene.accessWith({ passwords: { ...scene.passwords, verify } });
  const typed = { userName: ANN, address: HOME, replaces: undefined };
  const cookie = await cookieFrom(access.signIn({ ...typed, password: PASSWORD }));
  const principal = await access.authenticate({ cookie });
  if (principal === null) throw new Error('not signed in');
  const tryIt = (password: string) => access.signIn({ ...typed, password });
  const change = () => access.changePassword({ principal, address: HOME, current: PASSWORD, next: PASSWORD });
  const away = async () => {
    isBusy = true;
    for (let time = 0; time < 2 * FREE_FAILURES; time += 1) {
      for (const act of [() => tryIt(PASSWORD), change]) await expect(act()).rejects.toMatchObject({ status: 503 });
    }
    isBusy = false;
  };
  await away();
  for (let time = 0; time < FREE_FAILURES; time += 1) expect(await tryIt('wrong')).toEqual({ outcome: 'refused' });
  await away();
  expect(await tryIt('wrong')).toEqual({ outcome: 'refused' });
  expect(await tryIt(PASSWORD)).toEqual({ outcome: 'throttled', retryAfterMs: SECOND_MS });
});

test('one address that tries many names waits too, also where it signs in between', async () => {
  await scene.anAccount({ userName: ANN });
  const tryIt = quick();
  const outcomes: (string | number)[] = [];
  for (let time = 0; time < 60; time += 1) {
    outcomes.push(await tryIt('wrong', { userName: `person-${time}@acme.example` }));
    if (time % 10 === 0) outcomes.push(await tryIt(PASSWORD));
  }
  expect(outcomes.some((outcome) => typeof outcome === 'number')).toBe(true);
});

test('spellings of a name are one name, and those of an IPv6 network one place', async () => {
  const tryIt = quick();
  const names = ['ann@acme.example', 'ANN@acme.example', ' Ann@Acme.Example '];
  const addresses = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:0DB8:0001:0002:0:0:0:7'];
  const outcomes: (string | number)[] = [];
  for (let time = 0; time < 9; time += 1) {
    const from = { userName: names[time % 3] ?? '', address: addresses[time % 3] ?? '' };
    outcomes.push(await tryIt('wrong', from));
  }
  expect(outcomes.slice(0, 6)).toEqual(Array(6).fill('refused'));
  expect(outcomes[6]).toBe(SECOND_MS);
  expect(await tryIt('wrong', { address: '2001:db8:1:3::1' })).toBe('refused');
  expect(await tryIt('wrong', { userName: 'eve@acme.example', address: '::ffff:192.0.2.7' })).toBe('refused');
});

test('what was typed and from where is not kept', async () => {
  await fail(quick(), 3, { userName: 'my password by mistake', address: '198.51.100.77' });
  const kept = JSON.stringify(await scene.store.db.collection(SIGN_IN_THROTTLES).find().toArray());
  expect(kept).not.toContain('mistake');
  expect(kept).not.toContain('198.51');
});

test('an unknown name, a disabled account and one without a password cost what a wrong password costs', async () => {
  const microsoft = {
    tenantId: '0aaaaaaa-1111-4111-8111-111111111111',
    objectId: '0bbbbbbb-2222-4222-8222-222222222222',
  };
  await scene.anAccount({ userName: ANN });
  await scene.anAccount({ userName: 'gone@acme.example' });
  await scene.accounts.disable('gone@acme.example', 'test');
  await scene.anAccount({ userName: 'microsoft@acme.example', password: null, microsoft });
  const tryIt = quick();
  for (const userName of [ANN, 'nobody@acme.example', 'gone@acme.example', 'microsoft@acme.example', 'no address']) {
    const before = looks;
    expect([userName, await tryIt('wrong', { userName }), looks - before]).toEqual([userName, 'refused', 1]);
  }
});
