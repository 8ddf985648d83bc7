import { GraphFailure } from '../../../../src/graph/graph-failure.js';
import { type Answering, benchFor, type Double, graphError, startDouble, TENANT } from '../graph-double.js';

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering, over: Parameters<typeof benchFor>[1] = {}) {
  double = await startDouble(answer);
  return benchFor(double, over);
}

test('a call carries the token, a fresh client-request-id and the name of this program', async () => {
  const { graph } = await aBench(() => ({ body: { ok: true } }));
  await graph.request({ path: '/organization' });
  await graph.request({ path: '/organization', priority: 'run' });
  const [first, second] = double.graphAsked();
  expect(first?.headers).toMatchObject({
    authorization: 'Bearer token-1',
    'user-agent': expect.stringContaining('GetHomeSafe'),
  });
  expect(first?.headers['client-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(first?.headers['client-request-id']).not.toBe(second?.headers['client-request-id']);
  expect(first?.headers['x-ms-throttle-priority']).toBeUndefined();
  expect(second?.headers['x-ms-throttle-priority']).toBe('Low');
});

test('the query goes out exactly as given', async () => {
  const { graph } = await aBench(() => ({ body: {} }));
  const path =
    '/groups?$top=5&$filter=startswith(displayName,%27https://x%27)&$search=%22displayName%3Aa%22&$select=id';
  await graph.request({ path });
  expect(double.graphAsked()[0]?.path).toBe(`/v1.0${path}`);
});

test('a 429 is repeated after its Retry-After', async () => {
  const { graph, clock } = await aBench((_, count) => {
    return count === 2
      ? { ...graphError(429, 'TooManyRequests'), headers: { 'retry-after': '7' } }
      : { body: { ok: 1 } };
  });
  expect((await graph.request({ path: '/users/x' })).body).toEqual({ ok: 1 });
  expect(clock.slept).toContain(7_000);
});

test('a Retry-After beyond patience is left to the caller', async () => {
  const { graph } = await aBench(() => ({ ...graphError(429, 'TooManyRequests'), headers: { 'retry-after': '3600' } }));
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({
    kind: 'throttled',
    retryAfterMs: 3_600_000,
  });
  expect(double.graphAsked()).toHaveLength(1);
});

test.each([408, 500, 502, 503, 504])('status %d is tried four times', async (status) => {
  const { graph, clock } = await aBench(() => graphError(status, 'UnknownError'));
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({
    kind: 'unavailable',
    status,
    requestId: 'r1',
  });
  expect(double.graphAsked()).toHaveLength(4);
  expect(clock.slept).toHaveLength(3);
});

test('a cut connection is repeated', async () => {
  let cuts = 0;
  const { graph } = await aBench(() => (++cuts === 1 ? { cut: true } : { body: { ok: 1 } }));
  expect((await graph.request({ path: '/users/x' })).body).toEqual({ ok: 1 });
});

test('a write is never sent twice', async () => {
  const { graph } = await aBench(() => graphError(503, 'UnknownError'));
  const call = { method: 'POST', path: '/subscriptions', body: { a: 1 } } as const;
  await expect(graph.request(call)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(double.graphAsked()).toMatchObject([{ method: 'POST', json: { a: 1 } }]);
});

test('a refusal is not repeated', async () => {
  const { graph } = await aBench(() => graphError(403, 'Authorization_RequestDenied'));
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({
    kind: 'denied',
    code: 'Authorization_RequestDenied',
  });
  expect(double.graphAsked()).toHaveLength(1);
});

test('a 401 is answered with one newer token', async () => {
  const { graph } = await aBench((asked) => {
    return asked.headers['authorization'] === 'Bearer token-1'
      ? graphError(401, 'InvalidAuthenticationToken')
      : { body: { ok: 1 } };
  });
  expect((await graph.request({ path: '/users/x' })).body).toEqual({ ok: 1 });
  expect(double.graphAsked().map((one) => one.headers['authorization'])).toEqual(['Bearer token-1', 'Bearer token-2']);
});

test('a second 401 is a refusal', async () => {
  const { graph } = await aBench(() => graphError(401, 'InvalidAuthenticationToken'));
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({ kind: 'denied', status: 401 });
  expect(double.graphAsked()).toHaveLength(2);
});

test('an answer that is not JSON is unavailable, not empty', async () => {
  const { graph } = await aBench(() => ({ body: '<html>proxy</html>' }));
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({ kind: 'unavailable', code: 'not_json' });
});

test('an answer without a body is fine', async () => {
  const { graph } = await aBench(() => ({ status: 204, body: '' }));
  expect(await graph.request({ method: 'DELETE', path: '/subscriptions/x' })).toMatchObject({
    status: 204,
    body: undefined,
  });
});

test('a redirect is not followed', async () => {
  const { graph } = await aBench(() => ({ status: 302, headers: { location: 'https://evil.example/' }, body: '' }));
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({ kind: 'unavailable', status: 302 });
  expect(double.graphAsked().every(({ path }) => path === '/v1.0/users/x')).toBe(true);
});

test.each(['https://evil.example/v1.0/users', '/../beta/users', 'http://127.0.0.1:1/v1.0/users', 'not a link'])(
  'nothing is sent to %s',
  async (path) => {
    const { graph } = await aBench(() => ({ body: {} }));
    await expect(graph.request({ path })).rejects.toMatchObject({ kind: 'rejected', code: 'foreign_link' });
    expect(double.asked).toHaveLength(0);
  },
);

test('a server that never answers is given up in time', async () => {
  const patience = { mostAttempts: 1, firstWaitMs: 1, mostWaitMs: 1, longestRetryAfterMs: 1 };
  const { graph } = await aBench(() => ({ hang: true }), { limitMs: 100, patience });
  await expect(graph.request({ path: '/users/x' })).rejects.toMatchObject({ kind: 'unavailable', code: 'timeout' });
});

test('an abort ends the call with its own reason', async () => {
  const { graph } = await aBench(() => ({ hang: true }));
  const stop = new AbortController();
  const ended = expect(graph.request({ path: '/users/x', signal: stop.signal })).rejects.toThrow('stopping');
  stop.abort(new Error('stopping'));
  await ended;
});

test('an unexpected shape is a failure that names the member', async () => {
  const { graph } = await aBench(() => ({ body: { value: 1 } }));
  const { z } = await import('zod');
  const wrong = graph.read(z.object({ value: z.string() }), { path: '/users/x' });
  await expect(wrong).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'unexpected_answer',
    message: expect.stringContaining('value'),
  });
});

test('a failed token is a failure of the call, with its kind as code', async () => {
  double = await startDouble(
    () => ({
      status: 401,
      body: { error: 'invalid_client', error_description: 'AADSTS7000222', error_codes: [7000222] },
    }),
    { ownTokens: true },
  );
  const error = await benchFor(double)
    .graph.request({ path: '/users/x' })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GraphFailure);
  expect(error).toMatchObject({
    kind: 'denied',
    code: 'secret_expired',
    message: expect.stringContaining('AZURE_CLIENT_SECRET'),
  });
  expect(double.graphAsked()).toHaveLength(0);
});

test('requests, throttling and resource units are counted', async () => {
  const { graph, metrics } = await aBench((_, count) => {
    const headers = { 'retry-after': '1', 'x-ms-resource-unit': '3' };
    return count === 2 ? { ...graphError(429, 'TooManyRequests'), headers } : { body: {}, headers };
  });
  await graph.request({ path: '/users/x' });
  const text = await metrics.metrics();
  expect(text).toContain('graph_requests_total{status="429",kind="person"} 1');
  expect(text).toContain('graph_requests_total{status="200",kind="person"} 1');
  expect(text).toContain('graph_throttled_total 1');
  expect(text).toContain('graph_resource_units_total 6');
  expect(text).not.toContain(TENANT);
});
