import jwt from 'jsonwebtoken';
import { HOUR_MS, MINUTE_MS } from '../../../src/kernel/clock.js';
import { GLOBAL_ADMINISTRATOR_WID } from '../../../src/simulator/world/create-world.js';
import { OTHER_RSA_KEY, RSA_CERTIFICATE, RSA_KEY } from '../config/certificate-fixture.js';
import { anIdentityServer, jsonOf, msalFor, REDIRECT_URI, VERIFIER } from './identity-server.js';

let server: Awaited<ReturnType<typeof anIdentityServer>>;
beforeEach(async () => {
  server = await anIdentityServer();
});
afterEach(() => server.close());

const scopes = ['https://graph.microsoft.com/.default'];

test('MSAL gets a token with a secret, and Graph reads tenant, app and consented roles out of it', async () => {
  const { clientId, clientSecret } = server.world.application;
  const result = await msalFor(server, { clientId, clientSecret }).acquireTokenByClientCredential({ scopes });
  const accessToken = result?.accessToken ?? '';
  const checked = server.identity.verifyAccessToken(accessToken);
  expect(checked).toMatchObject({ kind: 'accepted', tenantId: server.tenant.id, clientId });
  expect(checked.kind === 'accepted' && [...checked.roles]).toEqual(['User.Read.All']);
  expect(jwt.decode(accessToken)).toMatchObject({
    ...{ aud: 'https://graph.microsoft.com', iss: `https://sts.windows.net/${server.tenant.id}/`, idtyp: 'app' },
    ...{ appidacr: '1', ver: '1.0', tid: server.tenant.id },
  });
});

test('MSAL gets a token with a certificate, and another key is refused with 700027', async () => {
  const { clientId, certificates } = server.world.application;
  certificates.push(RSA_CERTIFICATE);
  const { X509Certificate } = await import('node:crypto');
  const thumbprintSha256 = new X509Certificate(RSA_CERTIFICATE).fingerprint256.replaceAll(':', '');
  const grant = (privateKey: string) =>
    msalFor(server, { clientId, clientCertificate: { thumbprintSha256, privateKey } }).acquireTokenByClientCredential({
      scopes,
    });
  const accessToken = (await grant(RSA_KEY))?.accessToken ?? '';
  expect(jwt.decode(accessToken)).toMatchObject({ appidacr: '2' });
  await expect(grant(OTHER_RSA_KEY)).rejects.toMatchObject({ errorNo: 700_027 });
});

test('an assertion is taken once, for this endpoint, and not after its end', async () => {
  const { clientId, certificates } = server.world.application;
  certificates.push(RSA_CERTIFICATE);
  const { X509Certificate } = await import('node:crypto');
  const der = new X509Certificate(RSA_CERTIFICATE).fingerprint256.replaceAll(':', '');
  const header = { alg: 'RS256' as const, 'x5t#S256': Buffer.from(der, 'hex').toString('base64url') };
  const audience = `${server.url}/${server.tenant.id}/oauth2/v2.0/token`;
  const assertion = (options: object, jti = crypto.randomUUID()) =>
    jwt.sign({ jti }, RSA_KEY, {
      algorithm: 'RS256',
      header,
      issuer: clientId,
      subject: clientId,
      audience,
      expiresIn: 600,
      ...options,
    });
  const post = async (client_assertion: string) => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return (await server.token({ client_assertion, client_assertion_type })).status;
  };
  const once = assertion({});
  expect([await post(once), await post(once)]).toEqual([200, 401]);
  expect(await post(assertion({ audience: 'https://elsewhere.example' }))).toBe(401);
  expect(await post(assertion({ expiresIn: -400 }))).toBe(401);
  expect(await post(assertion({ issuer: server.tenant.id }))).toBe(401);
});

test.each([
  [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  [{ client_secret: 'old' }, 401, 'invalid_client', 7000222],
  [{ client_id: '11111111-1111-4111-8111-111111111111' }, 400, 'unauthorized_client', 700038],
  [{ scope: 'User.Read' }, 400, 'invalid_scope', 70011],
  [{ scope: 'api://not-registered/.default' }, 400, 'invalid_resource', 500011],
  [{ grant_type: 'no_such_grant' }, 400, 'unsupported_grant_type', 70003],
] as const)('%j is refused with %i %s AADSTS%i', async (change, status, error, number) => {
  server.world.application.expiredSecrets.push('old');
  const answer = await server.token(change);
  const body = await jsonOf(answer);
  expect([answer.status, body.error, body.error_codes]).toEqual([status, error, [number]]);
  expect(body.error_description).toMatch(
    new RegExp(
      `^AADSTS${number}: .* Trace ID: \\S+ Correlation ID: \\S+ Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
    ),
  );
});

test('an unknown tenant, a tenant without consent, and a busy service are refused each in its way', async () => {
  const numbers = async (response: Response) => (await jsonOf(response)).error_codes[0];
  expect(await numbers(await server.token({}, '22222222-2222-4222-8222-222222222222'))).toBe(90002);
  expect(await numbers(await server.token({}, server.other.id))).toBe(700016);
  expect((await server.token({}, server.tenant.domain)).status).toBe(200);
  server.identity.throttleTokens(1, 7);
  const busy = await server.token();
  expect([busy.status, busy.headers.get('retry-after'), await numbers(busy)]).toEqual([503, '7', 90033]);
  expect((await server.token()).status).toBe(200);
});

test('an access token ends after an hour, with a foreign signature, or when it is none', async () => {
  const accessToken = (await jsonOf(await server.token())).access_token;
  expect(server.identity.verifyAccessToken(accessToken).kind).toBe('accepted');
  server.identity.rotateKeys();
  expect(server.identity.verifyAccessToken(accessToken).kind).toBe('accepted');
  server.time.aheadMs = HOUR_MS;
  expect(server.identity.verifyAccessToken(accessToken)).toMatchObject({ kind: 'refused', message: /expired/ });
  const [head, payload] = accessToken.split('.');
  expect(server.identity.verifyAccessToken(`${head}.${payload}.AAAA`).kind).toBe('refused');
  expect(server.identity.verifyAccessToken('')).toEqual({ kind: 'refused', message: 'Access token is empty.' });
  expect(server.identity.verifyAccessToken('x').kind).toBe('refused');
});

test('the documents name endpoints of this host, and the keys that sign', async () => {
  const get = async (path: string) => jsonOf(await fetch(`${server.url}/${path}`));
  const own = await get(`${server.tenant.id}/v2.0/.well-known/openid-configuration`);
  expect(own.issuer).toBe(`${server.url}/${server.tenant.id}/v2.0`);
  expect((await get('common/v2.0/.well-known/openid-configuration')).issuer).toBe(`${server.url}/{tenantid}/v2.0`);
  expect((await fetch(`${server.url}/nobody/v2.0/.well-known/openid-configuration`)).status).toBe(400);
  const before = (await get('common/discovery/v2.0/keys')).keys;
  server.identity.rotateKeys();
  const after = (await get(new URL(own.jwks_uri).pathname.slice(1))).keys;
  expect([before.length, after.length, after[1]]).toEqual([1, 2, before[0]]);
});

test('the sign-in page escapes what it was called with and asks again after a wrong password', async () => {
  const query = server.authorizeQuery({ login_hint: '"><script>x</script>' });
  const page = await fetch(`${server.url}/${server.tenant.id}/oauth2/v2.0/authorize?${query}`);
  const html = await page.text();
  expect([page.status, html.includes('<script>'), html.includes('&lt;script&gt;')]).toEqual([200, false, true]);
  const wrong = await server.signIn({ password: 'wrong' });
  expect([wrong.status, (await wrong.text()).includes('AADSTS50126')]).toEqual([401, true]);
});

test('the form of the page signs in by itself, without the query', async () => {
  const path = `/${server.tenant.id}/oauth2/v2.0/authorize`;
  const fields = { ...Object.fromEntries(server.authorizeQuery()), ...server.credentials };
  const back = new URL((await server.send(path, fields)).headers.get('location') ?? '');
  expect([back.origin, back.searchParams.get('state')]).toEqual(['http://127.0.0.1:8080', 'a&b']);
});

test('at organizations the user name finds the tenant, and its code is good there', async () => {
  const path = '/organizations/oauth2/v2.0/authorize';
  const asked = await fetch(`${server.url}${path}?${server.authorizeQuery()}`);
  const html = await asked.text();
  expect([asked.status, html.includes(`action="${path}"`)]).toEqual([200, true]);
  const fields = { ...Object.fromEntries(server.authorizeQuery()), ...server.credentials };
  for (const username of ['admin@nowhere.example', 'admin', `nobody@${server.tenant.domain}`]) {
    const refused = await server.send(path, { ...fields, username });
    expect([username, refused.status]).toEqual([username, 401]);
  }
  const back = new URL((await server.send(path, fields)).headers.get('location') ?? '');
  const code = back.searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI, code_verifier: VERIFIER };
  const redeem = async (change: object) => jsonOf(await server.token({ ...form, ...change }, 'organizations'));
  expect((await redeem({ code: 'made up' })).error_codes).toEqual([70000]);
  expect(jwt.decode((await redeem({ code })).id_token)).toMatchObject({ tid: server.tenant.id, nonce: 'n-1' });
  expect((await redeem({ code })).error_codes).toEqual([54005]);
  expect((await jsonOf(await server.token({}, 'organizations'))).error_codes).toEqual([90002]);
});

test('a code gives MSAL an id token with tenant, person, nonce and roles, once', async () => {
  const { clientId, clientSecret } = server.world.application;
  const back = new URL((await server.signIn()).headers.get('location') ?? '');
  const code = back.searchParams.get('code') ?? '';
  const request = { code, redirectUri: REDIRECT_URI, codeVerifier: VERIFIER, scopes: ['openid'] };
  const result = await msalFor(server, { clientId, clientSecret }).acquireTokenByCode({ ...request, nonce: 'n-1' });
  expect(result.idTokenClaims).toMatchObject({
    ...{
      aud: clientId,
      iss: `${server.url}/${server.tenant.id}/v2.0`,
      tid: server.tenant.id,
      nonce: 'n-1',
      ver: '2.0',
    },
    ...{
      oid: [...server.tenant.administrators.values()][0]?.objectId,
      preferred_username: server.credentials.username,
    },
    wids: expect.arrayContaining([GLOBAL_ADMINISTRATOR_WID]),
  });
  const checked = server.identity.verifyAccessToken(result.accessToken);
  expect(checked.kind === 'accepted' && checked.roles.size).toBe(0);
  const again = msalFor(server, { clientId, clientSecret }).acquireTokenByCode(request);
  await expect(again).rejects.toMatchObject({ errorCode: 'invalid_grant', errorNo: 54_005 });
});

test.each([
  ['another verifier', { code_verifier: 'w'.repeat(43) }, 501481],
  ['another address', { redirect_uri: 'http://127.0.0.1/connect/consent' }, 500112],
  ['a made-up code', { code: 'made up' }, 70000],
  ['a wrong secret', { client_secret: 'wrong' }, 7000215],
])('a code with %s is refused', async (_, change, number) => {
  const code = new URL((await server.signIn()).headers.get('location') ?? '').searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: VERIFIER };
  expect((await jsonOf(await server.token({ ...form, ...change }))).error_codes).toEqual([number]);
  expect((await server.token({ ...form }, server.other.id)).status).toBe(400);
  server.time.aheadMs = 11 * MINUTE_MS;
  expect((await jsonOf(await server.token(form))).error_codes).toEqual([70008]);
});

test('nothing is sent to an address that is not registered; a cancelled sign-in goes back with an error', async () => {
  const path = `/${server.tenant.id}/oauth2/v2.0/authorize`;
  const foreign = await server.send(
    `${path}?${server.authorizeQuery({ redirect_uri: 'https://evil.example/' })}`,
    server.credentials,
  );
  expect([foreign.status, foreign.headers.get('location')]).toEqual([400, null]);
  const cancelled = new URL((await server.signIn({ decision: 'cancel' })).headers.get('location') ?? '');
  expect([cancelled.searchParams.get('error'), cancelled.searchParams.get('code')]).toEqual(['access_denied', null]);
});

test('only an administrator can consent, and then tokens carry the roles', async () => {
  await server.close();
  server = await anIdentityServer({ consentedRoles: [] });
  const { clientId } = server.world.application;
  const query = new URLSearchParams({
    ...{ client_id: clientId, redirect_uri: 'http://127.0.0.1:8080/connect/consent', state: 's' },
    scope: 'https://graph.microsoft.com/.default',
  });
  const path = `/${server.tenant.id}/v2.0/adminconsent?${query}`;
  expect((await (await fetch(`${server.url}${path}`)).text()).includes('Calendars.Read')).toBe(true);
  const worker = await server.send(path, { ...server.credentials, username: `worker@${server.tenant.domain}` });
  expect([worker.status, server.tenant.consentedRoles.size]).toEqual([401, 0]);
  const cancelled = await server.send(path, { ...server.credentials, decision: 'cancel' });
  expect([
    cancelled.headers.get('location')?.includes('error=access_denied'),
    server.tenant.consentedRoles.size,
  ]).toEqual([true, 0]);
  const back = new URL((await server.send(path, server.credentials)).headers.get('location') ?? '');
  expect(Object.fromEntries(back.searchParams)).toEqual({
    ...{ admin_consent: 'True', tenant: server.tenant.id, state: 's', scope: 'https://graph.microsoft.com/.default' },
  });
  const { access_token } = await jsonOf(await server.token());
  const checked = server.identity.verifyAccessToken(access_token);
  expect(checked.kind === 'accepted' && checked.roles.has('Calendars.Read')).toBe(true);
});
