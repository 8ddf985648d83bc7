import request, { type Response } from 'supertest';
import { SESSION_IDLE_MS } from '../../../src/access/sessions.js';
import { AUDIT_LOG, type AuditRow } from '../../../src/store/audit-log.js';
import { createManualClock } from '../../support/manual-clock.js';
import { type Browser, BY, openSignInScene, PASSWORD, type SignInScene } from './sign-in-scene.js';

let scene: SignInScene;
beforeAll(async () => {
  scene = await openSignInScene();
});
afterAll(() => scene.close());
/** A place of its own for each test, so that one's failures do not make another wait. */
let place = 0;
beforeEach(() => {
  place += 1;
});

const signIn = (browser: Browser, typed: object | string) =>
  browser
    .post('/api/v1/session')
    .set('X-Forwarded-For', `192.0.2.${place}`)
    .type('json')
    .send(typeof typed === 'string' ? typed : { password: PASSWORD, ...typed });

const setCookie = (answer: Response): string[] => [answer.get('set-cookie') ?? []].flat();
const problemOf = ({ status, body }: Response) => [status, body.code];

async function signedIn(account: Parameters<SignInScene['anAccount']>[0] = {}) {
  const { userName } = await scene.anAccount(account);
  const browser = scene.browser();
  await signIn(browser, { userName }).expect(200);
  return { browser, userName };
}

test('a sign-in answers who somebody is and a cookie that no script reads', async () => {
  const { _id: id, userName } = await scene.anAccount({ displayName: 'Ann', role: 'reader' });
  const answer = await signIn(scene.browser(), { userName }).expect(200);
  expect(answer.body).toEqual({
    account: { id, userName, displayName: 'Ann', role: 'reader', enterpriseId: scene.enterpriseId, hasPassword: true },
    enterprises: [{ id: scene.enterpriseId, name: 'Kiwi Power' }],
    methods: { password: true, microsoft: true },
  });
  expect(setCookie(answer)).toEqual([expect.stringMatching(/^ghs-session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax$/)]);
  expect(answer.get('cache-control')).toBe('no-store');
});

test('over https the cookie is bound to the host', async () => {
  const { userName } = await scene.anAccount();
  const answer = await signIn(scene.browser({ publicUrl: 'https://ghs.example' }), { userName }).expect(200);
  const shape = /^__Host-ghs-session=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/;
  expect(setCookie(answer)).toEqual([expect.stringMatching(shape)]);
});

test('an operator is told all enterprises, everybody else their own', async () => {
  const { browser } = await signedIn({ role: 'operator', enterpriseId: null });
  const { body } = await browser.get('/api/v1/session').expect(200);
  expect(body.account).toMatchObject({ role: 'operator', enterpriseId: null });
  expect(body.enterprises.map(({ name }: { name: string }) => name)).toEqual(['Kiwi Power', 'Moa Freight']);
});

test('who is not signed in is told so, with a problem, and how to', async () => {
  const answer = await scene.browser().get('/api/v1/session');
  expect(problemOf(answer)).toEqual([401, 'not_signed_in']);
  expect(answer.get('content-type')).toMatch('application/problem+json');
  const methods = await scene.browser().get('/api/v1/session/methods').expect(200);
  expect(methods.body).toEqual({ password: true, microsoft: true });
});

test('nothing tells which part of a sign-in was wrong', async () => {
  const { userName } = await scene.anAccount();
  const { userName: gone } = await scene.anAccount();
  await scene.services.accounts.disable(gone, BY);
  const wrong = await signIn(scene.browser(), { userName, password: 'not the password' });
  const unknown = await signIn(scene.browser(), { userName: 'nobody@kiwi.example' });
  const disabled = await signIn(scene.browser(), { userName: gone });
  expect(problemOf(wrong)).toEqual([401, 'sign_in_refused']);
  expect([unknown.body, disabled.body]).toEqual([wrong.body, wrong.body]);
  expect([wrong, unknown, disabled].flatMap(setCookie)).toEqual([]);
});

test('too many failures are told with the seconds to wait', async () => {
  const { userName } = await scene.anAccount();
  for (let time = 0; time < 6; time += 1) {
    await signIn(scene.browser(), { userName, password: 'not the password' }).expect(401);
  }
  // With a slow machine the first waits may be over: each failure after them doubles the next.
  let answer = await signIn(scene.browser(), { userName, password: 'not the password' });
  for (let time = 0; answer.status === 401 && time < 10; time += 1) {
    answer = await signIn(scene.browser(), { userName, password: 'not the password' });
  }
  expect(problemOf(answer)).toEqual([429, 'sign_in_throttled']);
  expect(Number(answer.get('retry-after'))).toBeGreaterThanOrEqual(1);
});

test.each([
  ['half a document', '{"userName":', 400, 'bad_request'],
  ['a list', '[]', 400, 'invalid_input'],
  ['a query for a user name', { userName: { $ne: null } }, 400, 'invalid_input'],
  ['a query for a password', { userName: 'ann@kiwi.example', password: { $gt: '' } }, 400, 'invalid_input'],
  ['an overlong password', { userName: 'ann@kiwi.example', password: 'x'.repeat(1_001) }, 400, 'invalid_input'],
  ['an overlong body', { userName: 'x'.repeat(11_000) }, 413, 'body_too_large'],
])('%s is no sign-in', async (_what, body, status, code) => {
  expect(problemOf(await signIn(scene.browser(), body))).toEqual([status, code]);
});

test('a form that another site sends is no sign-in, nor is a request of its script', async () => {
  const { userName } = await scene.anAccount();
  const form = scene.browser().post('/api/v1/session').type('form').send({ userName, password: PASSWORD });
  expect(problemOf(await form)).toEqual([400, 'invalid_input']);
  const foreign: Record<string, string>[] = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ];
  for (const headers of foreign) {
    expect(problemOf(await signIn(scene.browser(), { userName }).set(headers))).toEqual([403, 'wrong_origin']);
  }
  await signIn(scene.browser(), { userName }).set('Origin', scene.publicUrl).expect(200);
});

test('the session that the browser had ends with the sign-in', async () => {
  const { browser, userName } = await signedIn();
  const before = setCookie(await signIn(browser, { userName }))[0]?.split(';')[0] ?? '';
  const after = setCookie(await signIn(browser, { userName }))[0]?.split(';')[0] ?? '';
  expect(after).not.toBe(before);
  const session = (cookie: string) => request(scene.appWith()).get('/api/v1/session').set('Cookie', cookie);
  await session(before).expect(401);
  await session(after).expect(200);
});

test('signing out ends the session and takes the cookie', async () => {
  const { browser } = await signedIn();
  const answer = await browser.delete('/api/v1/session').set('Origin', scene.publicUrl).expect(204);
  expect(setCookie(answer)).toEqual([expect.stringMatching(/^ghs-session=; .*Expires=Thu, 01 Jan 1970/)]);
  await browser.get('/api/v1/session').expect(401);
});

test('signing out everywhere ends the other browsers too', async () => {
  const { browser, userName } = await signedIn();
  const other = scene.browser();
  await signIn(other, { userName }).expect(200);
  await other.delete('/api/v1/sessions').set('Origin', scene.publicUrl).expect(204);
  await browser.get('/api/v1/session').expect(401);
});

describe('a route behind the sign-in', () => {
  test('is closed to nobody, to a made-up cookie and to a made-up token, for every method', async () => {
    const token = `ghs_${'a'.repeat(43)}`;
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const ask = () => request(scene.appWith())[method]('/api/v1/things');
      expect(problemOf(await ask())).toEqual([401, 'not_signed_in']);
      expect(problemOf(await ask().set('Cookie', 'ghs-session=made.0000.up'))).toEqual([401, 'not_signed_in']);
      const byToken = await ask().set('Authorization', `Bearer ${token}`);
      expect([...problemOf(byToken), byToken.get('www-authenticate')]).toEqual([
        ...[401, 'bad_token', 'Bearer error="invalid_token"'],
      ]);
      expect(problemOf(await ask().set('Authorization', 'Basic YW5uOng='))).toEqual([401, 'bad_token']);
    }
  });

  test('takes changes by a session from our own pages only', async () => {
    const { browser } = await signedIn();
    const foreign: Record<string, string>[] = [
      {},
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: `${scene.publicUrl}.evil.example` },
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'none' },
      { Referer: `${scene.publicUrl}/` },
    ];
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      for (const headers of foreign) {
        const answer = await browser[method]('/api/v1/things').set(headers);
        expect([method, headers, ...problemOf(answer)]).toEqual([method, headers, 403, 'wrong_origin']);
      }
      await browser[method]('/api/v1/things').set('Origin', scene.publicUrl).expect(200);
      await browser[method]('/api/v1/things').set('Sec-Fetch-Site', 'same-origin').expect(200);
    }
    const read = await browser.get('/api/v1/things').set('Origin', 'https://evil.example').expect(200);
    expect([read.get('access-control-allow-origin'), read.get('cache-control')]).toEqual([undefined, 'no-store']);
  });

  test('knows a token by its role and enterprise, from wherever it comes', async () => {
    const { bearerTokens } = scene.services;
    const made = { name: 'nightly', role: 'reader' as const, enterpriseId: scene.enterpriseId, by: BY };
    const { token, row } = await bearerTokens.create(made);
    const ask = () => request(scene.appWith()).post('/api/v1/things').set('Authorization', `bearer ${token}`);
    expect((await ask().expect(200)).body).toEqual({
      ...{ who: 'token:nightly', role: 'reader', enterpriseId: scene.enterpriseId, accountId: null, via: 'token' },
      ...{ id: row._id, userName: 'nightly', displayName: 'nightly', hasPassword: false },
    });
    await bearerTokens.revoke(row._id, BY);
    expect(problemOf(await ask())).toEqual([401, 'bad_token']);
  });

  test('refuses a session and a token together, whichever of them is good', async () => {
    const { browser } = await signedIn();
    const answer = await browser.get('/api/v1/things').set('Authorization', 'Bearer x');
    expect(problemOf(answer)).toEqual([400, 'two_credentials']);
  });

  test('is not held open by what a page asks while nobody touches it', async () => {
    const { userName } = await scene.anAccount();
    const clock = createManualClock(Date.now());
    const browser = scene.browser({}, clock);
    await signIn(browser, { userName }).expect(200);
    await clock.advance(SESSION_IDLE_MS - 1);
    await browser.get('/api/v1/things').expect(200);
    await clock.advance(SESSION_IDLE_MS - 1);
    await browser.get('/api/v1/things').set('Ghs-Unattended', 'true').expect(200);
    await clock.advance(1);
    expect(problemOf(await browser.get('/api/v1/things'))).toEqual([401, 'not_signed_in']);
  });

  test('is closed again once the account is disabled', async () => {
    const { browser, userName } = await signedIn();
    await browser.get('/api/v1/things').expect(200);
    await scene.services.accounts.disable(userName, BY);
    expect(problemOf(await browser.get('/api/v1/things'))).toEqual([401, 'not_signed_in']);
  });
});

describe("changing one's own password", () => {
  const NEXT = 'another password entirely';
  const change = (browser: Browser, currentPassword: string, newPassword = NEXT) =>
    browser
      .put('/api/v1/session/password')
      .set({ Origin: scene.publicUrl, 'X-Forwarded-For': `192.0.2.${place}` })
      .send({ currentPassword, newPassword });
  const audited = async (userName: string) => {
    const rows = scene.services.store.collection<AuditRow>(AUDIT_LOG);
    const found = await rows
      .find({ who: `account:${userName}` })
      .sort({ at: 1, _id: 1 })
      .toArray();
    return found.map(({ what }) => what);
  };

  test('ends every other session, goes on in this one, and is in the audit log', async () => {
    const { browser, userName } = await signedIn();
    const elsewhere = scene.browser();
    await signIn(elsewhere, { userName }).expect(200);
    const answer = await change(browser, PASSWORD).expect(200);
    expect(answer.body.account).toMatchObject({ userName, hasPassword: true });
    await browser.get('/api/v1/session').expect(200);
    await elsewhere.get('/api/v1/session').expect(401);
    await signIn(scene.browser(), { userName }).expect(401);
    await signIn(scene.browser(), { userName, password: NEXT }).expect(200);
    expect(await audited(userName)).toContain('account.password_changed');
  });

  test('is refused at its field where the current one is wrong or the new one too short, and changes nothing', async () => {
    const { browser, userName } = await signedIn();
    const wrong = await change(browser, 'not the password').expect(400);
    expect(wrong.body).toMatchObject({ code: 'password_wrong', field: 'currentPassword' });
    const short = await change(browser, PASSWORD, 'short').expect(400);
    expect(short.body).toMatchObject({ code: 'password_too_short', field: 'newPassword' });
    const missing = await browser.put('/api/v1/session/password').set('Origin', scene.publicUrl).send({});
    expect(missing.body).toMatchObject({ code: 'invalid_input', field: 'currentPassword' });
    await signIn(scene.browser(), { userName }).expect(200);
    expect(await audited(userName)).not.toContain('account.password_changed');
  });

  test('makes who tries many wait as at a sign-in', async () => {
    const { browser } = await signedIn();
    for (let time = 0; time < 5; time += 1) await change(browser, 'not the password').expect(400);
    // Each wait is twice the one before: on a slow machine the first may be over before the next is asked.
    let answer = await change(browser, 'not the password');
    for (let time = 0; time < 10 && answer.status === 400; time += 1) answer = await change(browser, PASSWORD + time);
    expect(problemOf(answer)).toEqual([429, 'sign_in_throttled']);
    expect(Number(answer.get('retry-after'))).toBeGreaterThan(0);
  });

  test('needs our page, and an account that has a password', async () => {
    const { browser } = await signedIn();
    const foreign = browser.put('/api/v1/session/password').set('Origin', 'https://evil.example');
    expect(problemOf(await foreign.send({ currentPassword: PASSWORD, newPassword: NEXT }))).toEqual([
      403,
      'wrong_origin',
    ]);
    const made = { name: 'nightly', role: 'admin' as const, enterpriseId: scene.enterpriseId, by: BY };
    const { token } = await scene.services.bearerTokens.create(made);
    const byToken = scene.browser().put('/api/v1/session/password').set('Authorization', `Bearer ${token}`);
    expect(problemOf(await byToken.send({ currentPassword: PASSWORD, newPassword: NEXT }))).toEqual([
      409,
      'no_password',
    ]);
  });

  test('signing out is in the audit log, here and everywhere', async () => {
    const { browser, userName } = await signedIn();
    await browser.delete('/api/v1/session').set('Origin', scene.publicUrl).expect(204);
    await signIn(browser, { userName }).expect(200);
    await browser.delete('/api/v1/sessions').set('Origin', scene.publicUrl).expect(204);
    const expected = ['access.signed_in', 'access.signed_out', 'access.signed_in', 'access.signed_out_everywhere'];
    expect(await audited(userName)).toEqual(expected);
  });
});
