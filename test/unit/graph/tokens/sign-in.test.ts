import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { createSignIn } from '../../../../src/graph/tokens/sign-in.js';
import { systemChance } from '../../../../src/kernel/chance.js';
import {
  type Asked,
  CLIENT,
  configFor,
  type Double,
  eagerClock,
  quiet,
  startDouble,
  TENANT,
  type Told,
} from '../graph-double.js';

const OTHER = '99999999-9999-4999-8999-999999999999';
const PERSON = '44444444-4444-4444-8444-444444444444';
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
const REDIRECT = 'https://ghs.example/connect/callback';

const trusted = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

let double: Double;
afterEach(() => double.close());

interface Scene {
  claims?: Record<string, unknown>;
  key?: KeyObject;
  algorithm?: jwt.Algorithm;
  kid?: string;
  document?: Record<string, unknown>;
  token?: Told;
}

async function aSignIn(scene: Scene = {}, tenantId: string = TENANT) {
  let nonce = '';
  double = await startDouble((asked) => entra(asked, scene, nonce), { ownTokens: true });
  const signIn = createSignIn({ config: configFor(double), clock: eagerClock(), chance: systemChance, log: quiet });
  const started = signIn.begin({ tenantId, redirectUri: REDIRECT });
  nonce = started.nonce;
  const finish = () => {
    const { nonce: expected, codeVerifier } = started;
    return signIn.finish({ tenantId, code: 'the-code', redirectUri: REDIRECT, nonce: expected, codeVerifier });
  };
  return { signIn, started, finish };
}

function entra(asked: Asked, scene: Scene, nonce: string): Told {
  const issuer = `${double.url}/${TENANT}/v2.0`;
  if (asked.path.includes('openid-configuration')) {
    return { body: { issuer, jwks_uri: `${double.url}/${TENANT}/discovery/v2.0/keys`, ...scene.document } };
  }
  if (asked.path.includes('/keys')) {
    return {
      body: { keys: [{ ...trusted.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] },
    };
  }
  if (scene.token !== undefined) return scene.token;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const standard = {
    aud: CLIENT,
    iss: issuer,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + 3_600,
    ver: '2.0',
    sub: 's',
  };
  const person = {
    tid: TENANT,
    oid: PERSON,
    nonce,
    wids: [GLOBAL_ADMINISTRATOR],
    preferred_username: 'admin@contoso.com',
  };
  const options = { algorithm: scene.algorithm ?? 'RS256', keyid: scene.kid ?? 'k1' } as const;
  const key = options.algorithm === 'HS256' ? 'shared' : (scene.key ?? trusted.privateKey);
  const id_token = jwt.sign({ ...standard, ...person, ...scene.claims }, key, options);
  const client_info = Buffer.from(JSON.stringify({ uid: PERSON, utid: TENANT })).toString('base64url');
  return {
    body: { token_type: 'Bearer', scope: 'openid profile', expires_in: 3599, access_token: 'a', id_token, client_info },
  };
}

test('the address asks that tenant for a code, with PKCE, nonce and state', async () => {
  const { started } = await aSignIn();
  const url = new URL(started.url);
  expect(url.pathname).toBe(`/${TENANT}/oauth2/v2.0/authorize`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: CLIENT,
    response_type: 'code',
    redirect_uri: REDIRECT,
    state: started.state,
    nonce: started.nonce,
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(started.codeVerifier).digest('base64url'),
  });
});

test('a verified id token gives tenant, person and roles', async () => {
  const { finish, started } = await aSignIn();
  expect(await finish()).toEqual({
    outcome: 'verified',
    identity: { tenantId: TENANT, objectId: PERSON, wids: [GLOBAL_ADMINISTRATOR], upn: 'admin@contoso.com' },
  });
  const form = new URLSearchParams(double.asked.find((one) => one.method === 'POST')?.text);
  expect(form.get('code')).toBe('the-code');
  expect(form.get('code_verifier')).toBe(started.codeVerifier);
  expect(form.get('redirect_uri')).toBe(REDIRECT);
});

const past = Math.floor(Date.now() / 1_000) - 3_600;

test.each<[string, Scene]>([
  ['of another tenant', { claims: { tid: OTHER } }],
  ['for another application', { claims: { aud: OTHER } }],
  ['of another issuer', { claims: { iss: `https://login.microsoftonline.com/${OTHER}/v2.0` } }],
  ['of another sign-in', { claims: { nonce: 'other' } }],
  ['without a nonce', { claims: { nonce: undefined } }],
  ['without an object id', { claims: { oid: undefined } }],
  ['that has expired', { claims: { iat: past - 60, nbf: past - 60, exp: past } }],
  ['signed by a stranger', { key: stranger.privateKey }],
  ['signed by an unknown key', { kid: 'k2' }],
  ['signed with a shared secret', { algorithm: 'HS256' }],
])('an id token %s is refused', async (_, scene) => {
  const { finish } = await aSignIn(scene);
  expect(await finish()).toMatchObject({ outcome: 'refused', reason: 'id_token' });
});

describe('at organizations', () => {
  test('the tenant is the one that the id token names and whose own keys and issuer confirm it', async () => {
    const { finish, started } = await aSignIn({}, 'organizations');
    expect(new URL(started.url).pathname).toBe('/organizations/oauth2/v2.0/authorize');
    expect(await finish()).toMatchObject({ outcome: 'verified', identity: { tenantId: TENANT, objectId: PERSON } });
    const posted = double.asked.find((one) => one.method === 'POST');
    expect(posted?.path).toMatch(/^\/organizations\/oauth2\/v2\.0\/token/);
    const documents = double.asked.filter(({ path }) => path.includes('openid-configuration'));
    expect(documents.map(({ path }) => path)).toEqual([`/${TENANT}/v2.0/.well-known/openid-configuration`]);
  });

  test.each<[string, Scene]>([
    ['that names no tenant', { claims: { tid: undefined } }],
    ['that names something else for a tenant', { claims: { tid: '../common' } }],
    ['of another issuer than its tenant', { claims: { iss: `https://login.microsoftonline.com/${OTHER}/v2.0` } }],
    ['signed by a stranger', { key: stranger.privateKey }],
    ['of another sign-in', { claims: { nonce: 'other' } }],
  ])('an id token %s is refused', async (_, scene) => {
    const { finish } = await aSignIn(scene, 'organizations');
    expect(await finish()).toMatchObject({ outcome: 'refused', reason: 'id_token' });
  });

  test('a tenant whose metadata is not its own vouches for nobody', async () => {
    const { finish } = await aSignIn({ claims: { tid: OTHER } }, 'organizations');
    await expect(finish()).rejects.toMatchObject({ code: 'foreign_openid_document' });
  });

  test('nobody consents there: a consent is for one tenant', async () => {
    const { signIn } = await aSignIn();
    const consent = () => signIn.adminConsentUrl({ tenantId: 'organizations', redirectUri: REDIRECT, state: 's' });
    expect(consent).toThrow('A tenant is named by its GUID');
  });
});

test('a code that Entra ID refuses is refused with word of what to do', async () => {
  const body = { error: 'invalid_grant', error_description: 'AADSTS54005: redeemed', error_codes: [54005] };
  const { finish } = await aSignIn({ token: { status: 400, body } });
  expect(await finish()).toMatchObject({
    outcome: 'refused',
    reason: 'code',
    message: expect.stringContaining('Start again'),
  });
});

test('a wrong secret of our own is not the person’s fault', async () => {
  const body = { error: 'invalid_client', error_description: 'AADSTS7000215', error_codes: [7000215] };
  const { finish } = await aSignIn({ token: { status: 401, body } });
  await expect(finish()).rejects.toMatchObject({ name: 'TokenFailure', kind: 'secret_wrong' });
});

test.each([
  ['issuer of another tenant', { issuer: `https://login.microsoftonline.com/${OTHER}/v2.0` }],
  ['issuer of everybody', { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }],
  ['key set in the open', { jwks_uri: 'http://evil.example/keys' }],
])('a document with an %s is not believed', async (_, document) => {
  const { finish } = await aSignIn({ document });
  await expect(finish()).rejects.toMatchObject({ kind: 'unreachable', code: 'foreign_openid_document' });
});

test('the consent address asks for all application permissions and binds them to a state', async () => {
  const { signIn } = await aSignIn();
  const url = new URL(signIn.adminConsentUrl({ tenantId: TENANT.toUpperCase(), redirectUri: REDIRECT, state: 'st' }));
  expect(url.pathname).toBe(`/${TENANT}/v2.0/adminconsent`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: CLIENT,
    scope: 'https://graph.microsoft.com/.default',
    redirect_uri: REDIRECT,
    state: 'st',
  });
});

test('a tenant that is no GUID has no addresses', async () => {
  const { signIn } = await aSignIn();
  expect(() => signIn.begin({ tenantId: 'common', redirectUri: REDIRECT })).toThrow('named by its GUID');
});
