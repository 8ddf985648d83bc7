import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { PublisherKey } from '../../../../src/graph/rich/read-publisher-keys.js';
import { areTokens, checkValidationTokens, PUBLISHER_ID } from '../../../../src/graph/rich/validation-tokens.js';
import { createManualClock } from '../../../support/manual-clock.js';
import { aGuid, CLIENT, TENANT } from '../graph-double.js';
import { rsaPair } from './rich-payload.js';

const HOST = 'https://login.microsoftonline.com';
const OTHER_TENANT = aGuid(7);
const clock = createManualClock();
const nowSeconds = Math.floor(clock.nowMs() / 1_000);
const { privateKey, publicKey } = rsaPair();
const single = rsaPair();
const kept = new Map<string, PublisherKey>([
  ['k1', { kid: 'k1', key: publicKey, issuer: `${HOST}/{tenantid}/v2.0` }],
  ['k2', { kid: 'k2', key: single.publicKey, issuer: `${HOST}/${OTHER_TENANT}/v2.0` }],
]);

type Claims = Record<string, unknown>;
interface Signing {
  readonly kid?: string | undefined;
  readonly key?: jwt.Secret;
  readonly algorithm?: jwt.Algorithm;
}

/** Claims of a v2.0 token that holds, changed. */
function v2(claims: Claims = {}): Claims {
  const tid = claims['tid'] ?? TENANT;
  const standard = { ver: '2.0', aud: CLIENT, iss: `${HOST}/${tid}/v2.0`, tid, azp: PUBLISHER_ID };
  return { ...standard, nbf: nowSeconds - 300, exp: nowSeconds + 3_600, ...claims };
}

function v1(claims: Claims = {}): Claims {
  const tid = claims['tid'] ?? TENANT;
  return v2({ ver: '1.0', iss: `https://sts.windows.net/${tid}/`, azp: undefined, appid: PUBLISHER_ID, ...claims });
}

function signed(claims: Claims, signing: Signing = {}): string {
  const { kid, key = privateKey, algorithm = 'RS256' } = { kid: 'k1', ...signing };
  const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return jwt.sign(given, key, { algorithm, noTimestamp: true, ...(kid === undefined ? {} : { keyid: kid }) });
}

function check(tokens: unknown, over: { tenantIds?: string[]; authorityHost?: string } = {}) {
  const { tenantIds = [TENANT], authorityHost = HOST } = over;
  const askedFor: string[] = [];
  const find = (kid: string) => {
    askedFor.push(kid);
    return kept.get(kid) ?? null;
  };
  const deps = { keys: { find, refresh: async () => {} }, clock, clientId: CLIENT, authorityHost };
  return { verdict: checkValidationTokens(deps, { tokens, tenantIds }), askedFor };
}

const REFUSED = { ok: false, reason: 'token' };
const UNKNOWN = { ok: false, reason: 'unknown_key' };

describe('tokens hold', () => {
  test.each([
    ['of version 1.0', v1()],
    ['of version 2.0', v2()],
    ['with the tenant in capitals', v2({ tid: TENANT.toUpperCase() })],
    ['that ended less than a minute ago', v2({ exp: nowSeconds - 30 })],
    ['that begin within a minute', v2({ nbf: nowSeconds + 30 })],
  ])('%s', (_, claims) => {
    expect(check([signed(claims)]).verdict).toEqual({ ok: true });
  });

  test('of every tenant of the POST, several of one tenant as well', () => {
    const tokens = [signed(v2()), signed(v1({ tid: OTHER_TENANT })), signed(v1())];
    expect(check(tokens, { tenantIds: [TENANT, OTHER_TENANT, TENANT] }).verdict).toEqual({ ok: true });
  });

  test('of a cloud with a login host of its own, and of no other', () => {
    const china = 'https://login.partner.microsoftonline.cn';
    const itsOwn = [v2({ iss: `${china}/${TENANT}/v2.0` }), v1({ iss: `https://sts.chinacloudapi.cn/${TENANT}/` })];
    for (const claims of itsOwn) {
      expect(check([signed(claims)], { authorityHost: china }).verdict).toEqual({ ok: true });
      expect(check([signed(claims)]).verdict).toMatchObject(REFUSED);
    }
    expect(check([signed(v2())], { authorityHost: china }).verdict).toMatchObject(REFUSED);
  });
});

describe('refused', () => {
  test.each<[string, Claims, string]>([
    ['ended', v2({ exp: nowSeconds - 61 }), 'time'],
    ['does not hold yet', v2({ nbf: nowSeconds + 61 }), 'time'],
    ['never ends', v2({ exp: undefined }), 'lacks'],
    ['is for another application', v2({ aud: aGuid(1) }), 'another application'],
    ['is of a tenant that no item is of', v2({ tid: OTHER_TENANT }), 'no item'],
    ['has the issuer of another tenant', v2({ iss: `${HOST}/${OTHER_TENANT}/v2.0` }), 'issuer'],
    ['has the v1.0 issuer of another tenant', v1({ iss: `https://sts.windows.net/${OTHER_TENANT}/` }), 'issuer'],
    ['has an issuer that only begins like the right one', v2({ iss: `${HOST}/${TENANT}/v2.0/x` }), 'issuer'],
    ['is of another publisher', v2({ azp: aGuid(2) }), 'publisher'],
    ['is of another publisher in v1.0', v1({ appid: aGuid(2) }), 'publisher'],
    ['has its v2.0 publisher where v1.0 has it', v2({ azp: undefined, appid: PUBLISHER_ID }), 'lacks'],
    ['has its v1.0 publisher where v2.0 has it', v1({ appid: undefined, azp: PUBLISHER_ID }), 'lacks'],
    ['is of no version that is known', v2({ ver: '3.0' }), 'lacks'],
    ['has a tenant that is no GUID', v2({ tid: 'common' }), 'lacks'],
  ])('a token that %s', (_, claims, words) => {
    expect(check([signed(claims)]).verdict).toEqual({ ...REFUSED, message: expect.stringContaining(words) });
  });

  test('a token of another key under a kept id', () => {
    expect(check([signed(v2(), { key: single.privateKey })]).verdict).toMatchObject(REFUSED);
  });

  test('a token whose claims were changed after it was signed', () => {
    const [header, , signature] = signed(v2({ tid: OTHER_TENANT })).split('.');
    const payload = Buffer.from(JSON.stringify(v2())).toString('base64url');
    expect(check([`${header}.${payload}.${signature}`]).verdict).toMatchObject(REFUSED);
  });

  test('a token of a key that signs for another tenant only', () => {
    const ofItsOwn = signed(v2({ tid: OTHER_TENANT }), { kid: 'k2', key: single.privateKey });
    expect(check([ofItsOwn], { tenantIds: [OTHER_TENANT] }).verdict).toEqual({ ok: true });
    const words = { message: expect.stringContaining('for another tenant') };
    expect(check([signed(v2(), { kid: 'k2', key: single.privateKey })]).verdict).toEqual({ ...REFUSED, ...words });
  });

  test('a token that is not signed', () => {
    expect(check([signed(v2(), { key: '', algorithm: 'none' })]).verdict).toMatchObject(REFUSED);
  });

  test('a token signed with the public key as if it were a secret', () => {
    const header = { alg: 'HS256', typ: 'JWT', kid: 'k1' };
    const [head, body] = [header, v2()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const secret = publicKey.export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
    const { verdict, askedFor } = check([`${head}.${body}.${mac}`]);
    expect(verdict).toMatchObject(REFUSED);
    expect(askedFor).toEqual([]);
  });

  test('a token of another RSA algorithm', () => {
    expect(check([signed(v2(), { algorithm: 'RS512' })]).verdict).toMatchObject(REFUSED);
    expect(check([signed(v2(), { algorithm: 'PS256' })]).verdict).toMatchObject(REFUSED);
  });

  test('a token that names no key, although a kept one signed it', () => {
    expect(check([signed(v2(), { kid: undefined })]).verdict).toMatchObject(REFUSED);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['an empty list', []],
    ['a token without a list', signed(v2())],
    ['something that is no token', ['a.b.c']],
    ['an empty text', ['']],
    ['something that is no text', [7]],
    ['a token of more than 16 KiB', [signed(v2({ padding: 'x'.repeat(16_384) }))]],
    ['more tokens than any POST has', Array.from({ length: 257 }, () => signed(v2()))],
  ])('%s', (_, tokens) => {
    expect(check(tokens).verdict).toMatchObject(REFUSED);
  });

  test('several tokens of which one is bad, wherever it stands', () => {
    const other = signed(v2({ azp: aGuid(2) }));
    expect(check([other, signed(v2())]).verdict).toMatchObject(REFUSED);
    expect(check([signed(v2()), other]).verdict).toMatchObject(REFUSED);
  });

  test('tokens that leave out the tenant of an item', () => {
    const { verdict } = check([signed(v2())], { tenantIds: [TENANT, OTHER_TENANT] });
    expect(verdict).toEqual({ ...REFUSED, message: expect.stringContaining('tenant of an item') });
  });
});

describe('a key that is not kept', () => {
  const later = signed(v2(), { kid: 'k9' });

  test('makes the tokens a plain hint, and is asked for', () => {
    const { verdict, askedFor } = check([signed(v2()), later]);
    expect(verdict).toEqual(UNKNOWN);
    expect(askedFor).toContain('k9');
  });

  test('is not asked for by a token that would be refused with any key', () => {
    const { verdict, askedFor } = check([signed(v2({ aud: aGuid(1) }), { kid: 'k9' })]);
    expect(verdict).toMatchObject(REFUSED);
    expect(askedFor).toEqual([]);
  });

  test('does not excuse another token that is bad, nor a tenant that is left out', () => {
    expect(check([later, signed(v2({ exp: nowSeconds - 61 }))]).verdict).toMatchObject(REFUSED);
    expect(check([later], { tenantIds: [TENANT, OTHER_TENANT] }).verdict).toMatchObject(REFUSED);
  });
});

test('without any key it can be told whether something is a token at all', () => {
  expect(areTokens([signed(v2({ exp: 1 }), { kid: 'k9' })])).toBe(true);
  for (const tokens of [null, [], ['a.b.c'], [signed(v2()), 'x'], 'text']) expect(areTokens(tokens)).toBe(false);
});
