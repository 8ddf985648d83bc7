import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { verifyIdToken } from '../../../../src/graph/tokens/id-token.js';
import { CLIENT, configFor, eagerClock, TENANT } from '../graph-double.js';

const HOST = 'https://login.example';
const ISSUER = `${HOST}/${TENANT}/v2.0`;
const PERSON = '44444444-4444-4444-8444-444444444444';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What MSAL would refuse before us is judged here without it. */
function verdict(claims: Record<string, unknown>, kid = 'k1') {
  const standard = { aud: CLIENT, iss: ISSUER, tid: TENANT, oid: PERSON, nonce: 'n' };
  const token = jwt.sign({ ...standard, ...claims }, privateKey, { algorithm: 'RS256', keyid: kid, expiresIn: 3_600 });
  const config = configFor({ url: HOST });
  const deps = { config, clock: eagerClock(), fetch: entra, limitMs: 1_000 };
  return verifyIdToken(deps, token, { tenantId: TENANT, nonce: 'n' });
}

const entra: typeof fetch = async (address) => {
  const isKeys = String(address).endsWith('/keys');
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }];
  return Response.json(isKeys ? { keys } : { issuer: ISSUER, jwks_uri: `${HOST}/${TENANT}/keys` });
};

test('a token without roles and names is good, and has none', async () => {
  const identity = { tenantId: TENANT, objectId: PERSON, wids: [], upn: null };
  expect(await verdict({})).toEqual({ ok: true, identity });
});

test.each<[string, Record<string, unknown>, string]>([
  ['the nonce of another sign-in', { nonce: 'm' }, 'another sign-in'],
  ['no nonce', { nonce: undefined }, 'lacks'],
  ['another tenant', { tid: PERSON }, 'another tenant'],
  ['no tenant', { tid: undefined }, 'lacks'],
  ['another audience', { aud: PERSON }, 'does not hold'],
  ['another issuer', { iss: `${HOST}/${PERSON}/v2.0` }, 'does not hold'],
])('a token with %s is refused', async (_, claims, words) => {
  expect(await verdict(claims)).toEqual({ ok: false, message: expect.stringContaining(words) });
});

test('a key that the tenant does not publish is refused', async () => {
  expect(await verdict({}, 'k2')).toMatchObject({ ok: false, message: expect.stringContaining('not the tenant') });
});
