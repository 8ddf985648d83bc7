import { createSignIn } from '../../../src/graph/tokens/sign-in.js';
import { createTokens } from '../../../src/graph/tokens/tokens.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { RSA_CERTIFICATE, RSA_KEY } from '../../unit/config/certificate-fixture.js';
import { quiet, type Scene, startScene } from './start-scene.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene({ people: 5, groups: 1 });
});
afterEach(() => scene.close());

function tokensWith(over: Partial<Scene['config']>) {
  return createTokens({ config: { ...scene.config, ...over }, clock: scene.clock, log: quiet });
}

test('a token of the simulator opens its Graph', async () => {
  const token = await tokensWith({}).tokenFor(scene.tenant.id);
  expect(token.split('.')).toHaveLength(3);
  expect(await scene.graph.searchGroups('', 5)).toHaveLength(1);
});

test('wrong and expired secrets, unknown tenants and applications, and a missing consent are told apart', async () => {
  const expired = 'once-right';
  scene.simulator.world.application.expiredSecrets.push(expired);
  const secret = (text: string) => ({ credential: { kind: 'secret', secret: text } as const });
  const { id } = scene.tenant;
  const unknown = '99999999-9999-4999-8999-999999999999';
  await expect(tokensWith(secret('wrong')).tokenFor(id)).rejects.toMatchObject({ kind: 'secret_wrong' });
  await expect(tokensWith(secret(expired)).tokenFor(id)).rejects.toMatchObject({ kind: 'secret_expired' });
  await expect(tokensWith({}).tokenFor(unknown)).rejects.toMatchObject({ kind: 'tenant_not_found' });
  await expect(tokensWith({ clientId: unknown }).tokenFor(id)).rejects.toMatchObject({ kind: 'rejected' });
  scene.tenant.consentedRoles.clear();
  await expect(tokensWith({}).tokenFor(id)).rejects.toMatchObject({ kind: 'app_not_consented' });
});

test('with a certificate a newer token is asked for with a new assertion: Entra ID takes each one once', async () => {
  scene.simulator.world.application.certificates.push(RSA_CERTIFICATE);
  const credential = { kind: 'certificate', privateKey: RSA_KEY, certificate: RSA_CERTIFICATE } as const;
  const tokens = tokensWith({ credential });
  const first = await tokens.tokenFor(scene.tenant.id);
  await scene.clock.sleep(1_000);
  const second = await tokens.tokenFor(scene.tenant.id, { rejected: first });
  expect(second).not.toBe(first);
  expect(await tokens.tokenFor(scene.tenant.id)).toBe(second);
});

test('a throttled token endpoint holds calls back until its Retry-After has passed', async () => {
  const body = { error: 'temporarily_unavailable', error_description: 'AADSTS90033: busy', error_codes: [90033] };
  const match = { path: '/oauth2/v2.0/token' };
  scene.simulator.faults.add({
    match,
    after: 0,
    times: 1,
    action: { status: 429, headers: { 'Retry-After': '20' }, body },
  });
  const tokens = tokensWith({});
  await expect(tokens.tokenFor(scene.tenant.id)).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 20_000 });
  await expect(tokens.tokenFor(scene.tenant.id)).rejects.toMatchObject({ kind: 'throttled' });
  await scene.clock.sleep(20_000);
  expect(await tokens.tokenFor(scene.tenant.id)).toBeTruthy();
});

test('an administrator signs in with code and PKCE, and the verified id token names tenant, person and roles', async () => {
  const signIn = createSignIn({ config: scene.config, clock: scene.clock, chance: systemChance, log: quiet });
  const redirectUri = 'http://127.0.0.1:8080/connect/callback';
  const { url, state, nonce, codeVerifier } = signIn.begin({ tenantId: scene.tenant.id, redirectUri });
  const code = await codeOf(url, state);
  const finished = await signIn.finish({ tenantId: scene.tenant.id, code, redirectUri, nonce, codeVerifier });
  const [, administrator] = theAdministrator();
  expect(finished).toMatchObject({
    outcome: 'verified',
    identity: { tenantId: scene.tenant.id, objectId: administrator.objectId, wids: administrator.wids },
  });
  const again = await signIn.finish({ tenantId: scene.tenant.id, code, redirectUri, nonce, codeVerifier });
  expect(again).toMatchObject({ outcome: 'refused', reason: 'code' });
});

test('a code is worth nothing with another verifier or another nonce', async () => {
  const signIn = createSignIn({ config: scene.config, clock: scene.clock, chance: systemChance, log: quiet });
  const redirectUri = 'http://127.0.0.1:8080/connect/callback';
  const started = signIn.begin({ tenantId: scene.tenant.id, redirectUri });
  const common = { tenantId: scene.tenant.id, redirectUri, nonce: started.nonce, codeVerifier: started.codeVerifier };
  const verifier = await codeOf(started.url, started.state);
  expect(await signIn.finish({ ...common, code: verifier, codeVerifier: 'x'.repeat(43) })).toMatchObject({
    reason: 'code',
  });
  const nonce = await codeOf(started.url, started.state);
  expect(await signIn.finish({ ...common, code: nonce, nonce: 'other' })).toMatchObject({ reason: 'id_token' });
});

function theAdministrator() {
  const found = [...scene.tenant.administrators].find(([name]) => name.startsWith('admin@'));
  if (found === undefined) throw new Error('the simulator has no administrator');
  return found;
}

/** What a browser does: opens the address, fills the form, and is sent back with a code. */
async function codeOf(url: string, state: string): Promise<string> {
  const page = await fetch(url);
  expect(page.status).toBe(200);
  const [username, { password }] = theAdministrator();
  const form = new URLSearchParams(new URL(url).searchParams);
  form.set('username', username);
  form.set('password', password);
  form.set('decision', 'accept');
  const { origin, pathname } = new URL(url);
  const back = await fetch(origin + pathname, { method: 'POST', body: form, redirect: 'manual' });
  const location = new URL(back.headers.get('location') ?? '');
  expect(location.searchParams.get('state')).toBe(state);
  return location.searchParams.get('code') ?? '';
}
