import { createTokens } from '../../../../src/graph/tokens/tokens.js';
import {
  type Answering,
  configFor,
  type Double,
  eagerClock,
  quiet,
  startDouble,
  TENANT,
  tokenAnswer,
} from '../graph-double.js';

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering, options: { limitMs?: number; mostTenants?: number } = {}) {
  double = await startDouble(answer, { ownTokens: true });
  const clock = eagerClock();
  return { clock, tokens: createTokens({ config: configFor(double), clock, log: quiet, ...options }) };
}

function refusal(status: number, number: number, headers: Record<string, string> = {}) {
  const body = { error: 'invalid_client', error_description: `AADSTS${number}: words`, error_codes: [number] };
  return { status, body, headers };
}

test('many who ask a cold tenant share one request, and later ones its token', async () => {
  const { tokens } = await aBench((_, count) => tokenAnswer(`t${count}`));
  const given = await Promise.all(Array.from({ length: 10 }, () => tokens.tokenFor(TENANT)));
  expect(new Set([...given, await tokens.tokenFor(TENANT)])).toEqual(new Set(['t1']));
  expect(double.asked).toHaveLength(1);
});

test('the request is a client credentials grant at the tenant’s own endpoint, without discovery', async () => {
  const { tokens } = await aBench(() => tokenAnswer('t'));
  await tokens.tokenFor(TENANT);
  const [asked] = double.asked;
  expect(asked?.path).toContain(`/${TENANT}/oauth2/v2.0/token`);
  const form = new URLSearchParams(asked?.text);
  expect(form.get('grant_type')).toBe('client_credentials');
  expect(form.get('scope')).toContain('https://graph.microsoft.com/.default');
  expect(form.get('client_secret')).toBe('s3cret');
});

test('a rejected token is renewed once for all who bring it', async () => {
  const { tokens } = await aBench((_, count) => tokenAnswer(`t${count}`));
  const rejected = await tokens.tokenFor(TENANT);
  const renewed = await Promise.all(Array.from({ length: 5 }, () => tokens.tokenFor(TENANT, { rejected })));
  expect(new Set(renewed)).toEqual(new Set(['t2']));
  expect(await tokens.tokenFor(TENANT, { rejected })).toBe('t2');
  expect(double.asked).toHaveLength(2);
});

test('tenants have tokens of their own, and the least recently used is forgotten', async () => {
  const others = [1, 2].map((number) => `3333333${number}-3333-4333-8333-333333333333`);
  const { tokens } = await aBench((_, count) => tokenAnswer(`t${count}`), { mostTenants: 2 });
  const [a = '', b = ''] = others;
  for (const tenantId of [TENANT, a, TENANT, b, TENANT]) await tokens.tokenFor(tenantId);
  expect(double.asked).toHaveLength(3);
  await tokens.tokenFor(a);
  expect(double.asked).toHaveLength(4);
});

test.each([
  [401, 7000215, 'secret_wrong'],
  [401, 7000222, 'secret_expired'],
  [400, 700016, 'app_not_consented'],
  [400, 90002, 'tenant_not_found'],
  [400, 7000112, 'app_disabled'],
  [400, 53003, 'access_blocked'],
] as const)('%d with AADSTS%d is %s, and is asked anew next time', async (status, number, kind) => {
  const { tokens } = await aBench(() => refusal(status, number));
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind, code: `AADSTS${number}` });
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind });
  expect(double.asked).toHaveLength(2);
});

test('a throttled tenant is left alone until its Retry-After has passed, by our clock', async () => {
  const { tokens, clock } = await aBench((_, count) => {
    return count === 1 ? refusal(429, 50196, { 'retry-after': '30' }) : tokenAnswer('t');
  });
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
  await clock.sleep(29_000);
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 1_000 });
  expect(double.asked).toHaveLength(1);
  await clock.sleep(1_000);
  expect(await tokens.tokenFor(TENANT)).toBe('t');
});

test('a broken Entra ID is asked again after a short pause', async () => {
  const { tokens, clock } = await aBench((_, count) => (count === 1 ? refusal(503, 90033) : tokenAnswer('t')));
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind: 'unreachable', retryAfterMs: 5_000 });
  await clock.sleep(5_000);
  expect(await tokens.tokenFor(TENANT)).toBe('t');
});

test.each([{ cut: true }, { body: '<html>' }, { body: {} }])('an answer like %j is unreachable', async (told) => {
  const { tokens } = await aBench(() => told);
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind: 'unreachable' });
});

test('an Entra ID that never answers is given up in time, and told apart from one that cannot be reached', async () => {
  const { tokens } = await aBench(() => ({ hang: true }), { limitMs: 100 });
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind: 'unreachable', code: 'timeout' });
});

test('a connection that is cut is no time-out', async () => {
  const { tokens } = await aBench(() => ({ cut: true }), { limitMs: 10_000 });
  const failure = await tokens.tokenFor(TENANT).catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'unreachable', code: expect.not.stringMatching('timeout') });
});

test('a tenant that is no GUID is never asked for', async () => {
  const { tokens } = await aBench(() => tokenAnswer('t'));
  await expect(tokens.tokenFor('common')).rejects.toMatchObject({ kind: 'tenant_not_found' });
  expect(double.asked).toHaveLength(0);
});

test('a forgotten tenant is asked for anew, also while it was to be left alone', async () => {
  const { tokens } = await aBench((_, count) => (count === 2 ? refusal(429, 50196) : tokenAnswer(`t${count}`)));
  expect(await tokens.tokenFor(TENANT)).toBe('t1');
  tokens.forget(TENANT);
  await expect(tokens.tokenFor(TENANT)).rejects.toMatchObject({ kind: 'throttled' });
  tokens.forget(TENANT);
  expect(await tokens.tokenFor(TENANT)).toBe('t3');
});
