import { Router } from 'express';
import { SESSION_IDLE_MS, SESSION_MOST_MS } from '../../../src/access/sessions.js';
import { SESSIONS, type SessionRow } from '../../../src/access/types.js';
import { composeLive } from '../../../src/compose/portal/live.js';
import { createApp } from '../../../src/http/create-app.js';
import { listen } from '../../../src/http/listen.js';
import { HOUR_MS, MINUTE_MS, systemClock } from '../../../src/kernel/clock.js';
import { hashOf } from '../../../src/kernel/secrets.js';
import { createLive } from '../../../src/records/live-counters.js';
import { openEventStream } from '../../support/event-stream.js';
import { waitFor } from '../../support/wait-for.js';
import { type AccessScene, BY, cookieFrom, HOME, openAccess, PASSWORD, PUBLIC_URL, SECRETS } from './access-fixture.js';

let scene: AccessScene;
beforeEach(async () => {
  scene = await openAccess();
});
afterEach(() => scene.drop());

const ANN = 'ann@acme.example';
const signedIn = (userName = ANN, options = {}) => cookieFrom(scene.signIn(userName, options));
const who = async (cookie: string) => (await scene.access.authenticate({ cookie }))?.who ?? null;
const rows = () => scene.store.collection<SessionRow>(SESSIONS).find().toArray();

test('a sign-in answers a cookie that tells who somebody is, and its row opens nothing', async () => {
  const account = await scene.anAccount({ userName: ANN, displayName: 'Ann', enterpriseId: 'acme', role: 'reader' });
  const cookie = await signedIn();
  expect(await scene.access.authenticate({ cookie })).toEqual({
    ...{ who: 'account:ann@acme.example', role: 'reader', enterpriseId: 'acme', accountId: account._id },
    ...{ via: 'session', id: account._id, userName: ANN, displayName: 'Ann', hasPassword: true },
  });
  const [token = ''] = cookie.split('.');
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  const [row] = await rows();
  expect(row?._id).toBe(hashOf(token));
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await who(row?._id ?? '')).toBeNull();
});

test('every sign-in makes a session of its own, and ends the one that the browser brought', async () => {
  await scene.anAccount({ userName: ANN });
  const planted = await signedIn();
  const elsewhere = await signedIn();
  const own = await signedIn(ANN, { replaces: planted });
  expect(new Set([planted, elsewhere, own]).size).toBe(3);
  expect([await who(planted), await who(elsewhere), await who(own)]).toEqual([
    null,
    `account:${ANN}`,
    `account:${ANN}`,
  ]);
});

test('a cookie that we did not sign, or that was signed for something else, is nobody', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  const [token = '', key = '', mac = ''] = cookie.split('.');
  const forged = `${token}.${key}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
  for (const each of [token, forged, `${token}.${mac}`, '', '..', `${token}.0000.${mac}`, `x${cookie}`]) {
    expect([each, await who(each)]).toEqual([each, null]);
  }
  expect(await who(cookie)).not.toBeNull();
});

test('a new application secret keeps sessions while the old one verifies, and ends them when it goes', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  const [old = '', other = ''] = SECRETS;
  const rotated = scene.accessWith({ appSecrets: ['a third application secret that signs now', old] });
  expect(await rotated.authenticate({ cookie })).not.toBeNull();
  expect(await scene.accessWith({ appSecrets: [other] }).authenticate({ cookie })).toBeNull();
});

test('a session ends 8 hours after it was last used, and 7 days after it began however much it is used', async () => {
  await scene.anAccount({ userName: ANN });
  const idle = await signedIn();
  await scene.clock.advance(SESSION_IDLE_MS);
  expect(await who(idle)).toBeNull();

  const busy = await signedIn();
  let hours = 0;
  while ((await who(busy)) !== null && hours < 1_000) {
    await scene.clock.advance(HOUR_MS);
    hours += 1;
  }
  expect(hours * HOUR_MS).toBe(SESSION_MOST_MS);
});

test('looking whether a session is still there is no use of it', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  const look = () => scene.access.authenticate({ cookie }, { isUse: false });
  for (let passedMs = 0; passedMs < SESSION_IDLE_MS; passedMs += HOUR_MS) {
    expect(await look()).not.toBeNull();
    await scene.clock.advance(HOUR_MS);
  }
  expect(await look()).toBeNull();
});

test('a page that only watches does not keep its session', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  const { access, clock, store } = scene;
  const { log } = scene.deps;
  const { feed, watch } = composeLive(
    { live: createLive({ store, clock }), clock, log },
    { access, publicUrl: PUBLIC_URL },
  );
  const router = Router().get('/enterprises/:enterpriseId/live', watch);
  const app = createApp({ intake: null, routers: [{ path: '/', router }], log, trustProxy: false });
  const http = await listen(app, { port: 0, host: '127.0.0.1', clock: systemClock });
  const headers = { cookie: `ghs-session=${cookie}` };
  const stream = await openEventStream(`http://127.0.0.1:${http.port}/enterprises/acme/live`, headers);
  const beats = () => stream.text().split(': still here').length - 1;
  const beatsOn = async () => {
    if (beats() < 6) await clock.advance(MINUTE_MS / 4);
    return beats() >= 6;
  };
  await waitFor(beatsOn, { message: 'no heartbeats' });
  const [row] = await rows();
  expect(row?.lastSeenAt).toEqual(row?.createdAt);
  await feed.stop();
  stream.leave();
  await http.close();
});

test('being used is written at most once a minute', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  const seen = async () => (await rows())[0]?.lastSeenAt.getTime();
  const atFirst = await seen();
  await scene.clock.advance(MINUTE_MS - 1);
  await who(cookie);
  expect(await seen()).toBe(atFirst);
  await scene.clock.advance(1);
  await who(cookie);
  expect(await seen()).toBe(scene.clock.nowMs());
});

test('signing out ends one session, signing out everywhere all of the account and nobody else', async () => {
  await scene.anAccount({ userName: ANN });
  await scene.anAccount({ userName: 'bob@acme.example' });
  const [here, there, another, bobs] = [
    ...[await signedIn(), await signedIn(), await signedIn()],
    await signedIn('bob@acme.example'),
  ];
  const principal = await scene.access.authenticate({ cookie: there ?? '' });
  if (principal === null) throw new Error('not signed in');
  await scene.access.signOut(here ?? '', principal);
  expect([await who(here ?? ''), await who(there ?? '')]).toEqual([null, `account:${ANN}`]);
  await scene.access.signOutEverywhere(principal);
  expect([await who(there ?? ''), await who(another ?? '')]).toEqual([null, null]);
  expect(await who(bobs ?? '')).toBe('account:bob@acme.example');
});

test('another password ends all sessions, and only the new one opens', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  await scene.accounts.setPassword(ANN, 'another password entirely', BY);
  expect(await who(cookie)).toBeNull();
  expect(await scene.signIn(ANN)).toEqual({ outcome: 'refused' });
  expect(await scene.signIn(ANN, { password: 'another password entirely' })).toMatchObject({ outcome: 'signed_in' });
});

test('a disabled account is nobody at once, cannot sign in, and leaves its user name free', async () => {
  await scene.anAccount({ userName: ANN });
  const cookie = await signedIn();
  await scene.accounts.disable('ANN@acme.example', BY);
  expect(await who(cookie)).toBeNull();
  expect(await scene.signIn(ANN)).toEqual({ outcome: 'refused' });
  await scene.anAccount({ userName: ANN, password: PASSWORD, role: 'reader' });
  expect(await scene.signIn(ANN)).toMatchObject({ outcome: 'signed_in', principal: { role: 'reader' } });
});

test.each([
  ['disabled', () => scene.accounts.disable(ANN, BY)],
  ['given another password', () => scene.accounts.setPassword(ANN, 'another password entirely', BY)],
])('who is %s after the password was looked at gets no session', async (_what, meanwhile) => {
  await scene.anAccount({ userName: ANN });
  const verify: typeof scene.passwords.verify = async (...typed) => {
    const isRight = await scene.passwords.verify(...typed);
    await meanwhile();
    return isRight;
  };
  const access = scene.accessWith({ passwords: { ...scene.passwords, verify } });
  const typed = { userName: ANN, password: PASSWORD, address: HOME, replaces: undefined };
  expect(await access.signIn(typed)).toEqual({ outcome: 'refused' });
  expect(await rows()).toEqual([]);
});
