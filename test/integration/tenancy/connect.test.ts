import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { signText } from '../../../src/kernel/secrets.js';
import { TICKET_LIFE_MS } from '../../../src/tenancy/connect/connect-attempts.js';
import {
  answerEntra,
  type Browser,
  type ConnectScene,
  openConnectScene,
  PUBLIC_URL,
  pathOf,
  SECRETS,
} from './connect-scene.js';
import { BY } from './tenancy-fixture.js';

let scene: ConnectScene;
beforeAll(async () => {
  scene = await openConnectScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  for (const row of await scene.tenancy.integrations.connectedIntegrations()) {
    await scene.tenancy.integrations.disconnect(row._id, BY);
  }
  for (const { id } of [scene.ours, scene.theirs]) {
    const holder = await scene.tenancy.integrations.ofTenant(id);
    if (holder !== null) await scene.tenancy.integrations.disconnect(holder._id, BY);
  }
  scene.ours.consentedRoles.clear();
  scene.theirs.consentedRoles.clear();
});

const row = (enterpriseId: string) => scene.tenancy.integrations.getIntegration(enterpriseId);

/** A ticket for our tenant, not opened yet. */
async function begun(tenantId = scene.ours.id) {
  const enterpriseId = await scene.tenancy.anEnterprise();
  const ticket = await scene.connect.begin(enterpriseId, { tenantText: tenantId, by: BY });
  return { enterpriseId, ticketPath: pathOf(ticket.url) };
}

/** A browser that was sent to sign in, with the address it was sent to. */
async function sentToSignIn(tenantId = scene.ours.id) {
  const { enterpriseId, ticketPath } = await begun(tenantId);
  const browser = scene.browser();
  const answer = await browser.get(ticketPath).expect(302);
  return { enterpriseId, browser, ticketPath, authorize: answer.get('location') };
}

async function signedIn(browser: Browser, authorize: string | undefined, alias = 'admin') {
  const back = await answerEntra(authorize, { alias, domain: scene.ours.domain });
  return { back: pathOf(back), answer: await browser.get(pathOf(back)) };
}

test('S6, E76: nothing but the Tenant GUID is asked for; ticket, sign-in and consent connect the tenant, and every step is in the audit log', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const url = new URL(authorize ?? '');
  expect(url.pathname).toContain(`/${scene.ours.id}/`);
  expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  expect(url.searchParams.get('redirect_uri')).toBe(`${PUBLIC_URL}/connect/callback`);

  const { answer } = await signedIn(browser, authorize);
  expect(answer.status).toBe(302);
  expect(await row(enterpriseId)).toMatchObject({
    connection: 'awaiting_consent',
    proof: { by: 'sign_in', objectId: scene.ours.administrators.get(`admin@${scene.ours.domain}`)?.objectId },
  });

  const back = await answerEntra(answer.get('location'), { alias: 'admin', domain: scene.ours.domain });
  const done = await browser.get(pathOf(back)).expect(200);
  expect(done.text).toContain('Microsoft Entra ID is connected');
  expect(await row(enterpriseId)).toMatchObject({ connection: 'connected', lastError: null });
  expect((await scene.tenancy.audit(enterpriseId)).map((entry) => entry.what)).toEqual([
    'enterprise.created',
    'tenant.entered',
    'connect.begun',
    'connect.opened',
    'connect.sent_to_sign_in',
    'connect.came_back',
    'connect.proved_by_sign_in',
    'connect.sent_to_consent',
    'connect.checked',
  ]);
});

test('what is stored of an attempt opens nothing, and the cookie is for this browser and https only', async () => {
  const { ticketPath } = await begun();
  const answer = await request(scene.appWith('https://entra.example')).get(ticketPath).expect(302);
  const [cookie = ''] = answer.get('set-cookie') ?? [];
  expect(cookie).toMatch(
    /^__Host-ghs-connect=[\w.-]+; Max-Age=3600; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(answer.get('cache-control')).toBe('no-store');
  expect(answer.get('referrer-policy')).toBe('no-referrer');
  expect(answer.get('content-security-policy')).toContain("default-src 'none'");
  const stored = JSON.stringify(await scene.tenancy.store.collection('connectAttempts').find().toArray());
  const state = new URL(answer.get('location') ?? '').searchParams.get('state') ?? 'none';
  const browser = cookie.split('.')[1] ?? 'none';
  for (const secret of [ticketPath.split('=')[1] ?? 'none', state, browser]) expect(stored).not.toContain(secret);
});

test.each([
  '/connect/callback',
  '/connect/callback?code=abc&state=def',
  '/connect/callback?state[$ne]=x&code=abc',
  '/connect/consent',
  '/connect/consent?admin_consent=True&tenant=TENANT&state=abc',
  '/connect/consent?admin_consent=True&tenant=TENANT&state=attested',
])('E76: a hand-made %s connects nothing', async (path) => {
  const { enterpriseId, browser } = await sentToSignIn();
  for (const role of ['User.Read.All', 'Group.Read.All']) scene.ours.consentedRoles.add(role);
  const before = await row(enterpriseId);
  for (const visitor of [browser, request(scene.appWith(PUBLIC_URL))]) {
    const answer = await visitor.get(path.replace('TENANT', scene.ours.id)).expect(400);
    expect(answer.text).toContain('out of order');
  }
  expect(await row(enterpriseId)).toEqual(before);
  expect(before).toMatchObject({ connection: 'awaiting_proof', proof: null });
});

test('another browser cannot finish a sign-in, and the right one still can, once', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const back = pathOf(await answerEntra(authorize, { alias: 'admin', domain: scene.ours.domain }));
  const { browser: stranger } = await sentToSignIn(scene.theirs.id);
  await stranger.get(back).expect(400);
  await request(scene.appWith(PUBLIC_URL)).get(back).set('Cookie', 'ghs-connect=a.b.c').expect(400);
  expect(await row(enterpriseId)).toMatchObject({ connection: 'awaiting_proof', proof: null });

  await browser.get(back).expect(302);
  expect((await row(enterpriseId)).connection).toBe('awaiting_consent');
  await browser.get(back).expect(400);
});

test('a cookie for the attempt of another browser does not pass, even if it is signed', async () => {
  const { enterpriseId, ticketPath } = await begun();
  const opened = await request(scene.appWith(PUBLIC_URL)).get(ticketPath).expect(302);
  const [attemptId] = /ghs-connect=([^.]+)/.exec((opened.get('set-cookie') ?? [])[0] ?? '')?.slice(1) ?? [];
  const cookie = `ghs-connect=${signText(SECRETS, 'connect-cookie', `${attemptId}.another-browser`)}`;
  const back = pathOf(await answerEntra(opened.get('location'), { alias: 'admin', domain: scene.ours.domain }));
  await request(scene.appWith(PUBLIC_URL)).get(back).set('Cookie', cookie).expect(400);
  expect((await row(enterpriseId)).proof).toBeNull();
});

test('a cookie that was signed with a secret that only verifies by now is still good', async () => {
  const { ticketPath } = await begun();
  const opened = await request(scene.appWith(PUBLIC_URL, [SECRETS[1] ?? '']))
    .get(ticketPath)
    .expect(302);
  const cookie = (opened.get('set-cookie') ?? [])[0]?.split(';')[0] ?? '';
  const back = pathOf(await answerEntra(opened.get('location'), { alias: 'admin', domain: scene.ours.domain }));
  await request(scene.appWith(PUBLIC_URL, ['a secret that has nothing to do with it']))
    .get(back)
    .set('Cookie', cookie)
    .expect(400);
  await request(scene.appWith(PUBLIC_URL)).get(back).set('Cookie', cookie).expect(302);
});

test('E76: an account that may not consent connects nothing', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const { answer } = await signedIn(browser, authorize, 'worker');
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('This account may not consent');
  expect(await row(enterpriseId)).toMatchObject({ connection: 'awaiting_proof', proof: null });
  expect(await scene.tenancy.audit(enterpriseId)).toContainEqual(
    expect.objectContaining({ what: 'connect.refused', after: expect.objectContaining({ reason: 'may_not_consent' }) }),
  );
});

test('E76: a code of another tenant proves nothing', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const url = new URL(authorize ?? '');
  url.pathname = url.pathname.replace(scene.ours.id, scene.theirs.id);
  const back = await answerEntra(url.href, { alias: 'admin', domain: scene.theirs.domain });
  const answer = await browser.get(pathOf(back)).expect(403);
  expect(answer.text).toContain('could not be confirmed');
  expect(await row(enterpriseId)).toMatchObject({ connection: 'awaiting_proof', proof: null });
});

test('a ticket opens once, in time, and is not used up by a look at it', async () => {
  const { ticketPath } = await begun();
  await scene.browser().head(ticketPath).expect(200);
  await scene.browser().get(ticketPath).set('Sec-Purpose', 'prefetch').expect(503);
  const answers = await Promise.all(Array.from({ length: 6 }, () => scene.browser().get(ticketPath)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([302, 410, 410, 410, 410, 410]);

  const late = await begun(scene.theirs.id);
  scene.advance(TICKET_LIFE_MS);
  const answer = await scene.browser().get(late.ticketPath).expect(410);
  expect(answer.text).toContain('used or is too old');
  await scene.browser().get('/connect/start').expect(410);
  await scene.browser().get('/connect/start?ticket=a&ticket=b').expect(410);
});

test('a sign-in that took too long connects nothing', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  scene.advance(TICKET_LIFE_MS);
  const { answer } = await signedIn(browser, authorize);
  expect(answer.status).toBe(400);
  expect((await row(enterpriseId)).proof).toBeNull();
});

test('a cancelled sign-in connects nothing', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const back = await answerEntra(authorize, { alias: 'admin', domain: scene.ours.domain, decision: 'cancel' });
  const answer = await browser.get(pathOf(back)).expect(400);
  expect(answer.text).toContain('was not completed');
  expect((await row(enterpriseId)).proof).toBeNull();
});

test('a tenant that was changed meanwhile ends the attempt', async () => {
  const opened = await sentToSignIn();
  const waiting = await begun().catch((error: unknown) => error);
  expect(waiting).toMatchObject({ code: 'tenant_taken' });
  await scene.tenancy.integrations.setTenant(opened.enterpriseId, { tenantText: randomUUID(), by: BY });
  const { answer } = await signedIn(opened.browser, opened.authorize);
  expect(answer.status).toBe(409);
  expect(await row(opened.enterpriseId)).toMatchObject({ connection: 'awaiting_proof', proof: null });
});

test('E76: a tenant whose people another enterprise keeps cannot be proved', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  await scene.tenancy.link({ enterpriseId: await scene.tenancy.anEnterprise(), tenantId: scene.ours.id });
  const { answer } = await signedIn(browser, authorize);
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('Contact GetHomeSafe support');
  expect(await row(enterpriseId)).toMatchObject({ connection: 'awaiting_proof', proof: null });
  await scene.tenancy.unlink(scene.ours.id);
});

test('E75: a declined consent waits, says why, and a later one is found by loading the page again', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const { answer } = await signedIn(browser, authorize);
  const consentPage = answer.get('location');
  const admin = { alias: 'admin', domain: scene.ours.domain };
  const back = pathOf(await answerEntra(consentPage, { ...admin, decision: 'cancel' }));
  // What the address says is no evidence, in either direction.
  const waiting = await browser.get(back.replace(/error=[^&]*/, 'admin_consent=True')).expect(200);
  expect(waiting.text).toContain('Waiting for approval');
  expect(await row(enterpriseId)).toMatchObject({
    connection: 'awaiting_consent',
    lastError: { code: expect.stringMatching(/app_not_consented|permission_denied/) },
  });

  await answerEntra(consentPage, admin);
  const done = await browser.get(back).expect(200);
  expect(done.text).toContain('is connected');
  expect((await row(enterpriseId)).connection).toBe('connected');
});

test('while Microsoft cannot be reached nothing is connected, and the page says so', async () => {
  const { enterpriseId, browser, authorize } = await sentToSignIn();
  const back = pathOf(await answerEntra(authorize, { alias: 'admin', domain: scene.ours.domain }));
  scene.simulator.faults.add({ match: { path: 'oauth2/v2.0/token' }, after: 0, times: 20, action: { status: 503 } });
  const answer = await browser.get(back).expect(503);
  scene.simulator.faults.clear();
  expect(answer.text).toContain('Microsoft could not be reached');
  expect(await row(enterpriseId)).toMatchObject({ connection: 'awaiting_proof', proof: null });
});
