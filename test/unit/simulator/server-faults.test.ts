import { type Harness, startHarness, tokenFor } from './server-harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const fault = async (match: object, action: object, when: object = {}) => {
  const { status, body } = await harness.control('POST', '/faults', { match, action, ...when });
  expect([status, typeof body.id]).toEqual([201, 'string']);
  return body.id;
};
const statuses = async (path: string, count: number) => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await harness.graph('GET', path)).status);
  return seen;
};

test('a fault lets `after` requests pass and catches `times` of them', async () => {
  await fault({ path: '^/v1.0/users\\?' }, { status: 503, headers: { 'Retry-After': '7' } }, { after: 1, times: 2 });

  expect(await statuses('/users?$top=1', 5)).toEqual([200, 503, 503, 200, 200]);
});

test('a fault catches only its own method, path and tenant', async () => {
  const other = '00000000-0000-4000-8000-000000000000';
  await fault({ path: 'users', method: 'POST' }, { status: 500 });
  await fault({ path: 'users', tenant: other }, { status: 500 });
  await fault({ path: 'nothing' }, { status: 500 });

  expect(await statuses('/users', 1)).toEqual([200]);
});

test('a fault has its own headers and body', async () => {
  await fault(
    { path: '/groups' },
    { status: 410, headers: { Location: 'https://x/' }, body: { error: { code: 'gone' } } },
  );
  const { status, headers, body } = await harness.graph('GET', '/groups');

  expect([status, headers.get('location'), body]).toEqual([410, 'https://x/', { error: { code: 'gone' } }]);
});

test('a fault catches single requests of a batch', async () => {
  await fault({ path: '/groups' }, { status: 429, headers: { 'Retry-After': 3 } });
  const requests = ['/groups', '/users'].map((url) => ({ id: url, method: 'GET', url }));
  const { responses } = (await harness.graph('POST', '/$batch', { requests })).body;
  const parts = Object.fromEntries(responses.map((part: { id: string; status: number }) => [part.id, part]));

  expect(parts['/groups']).toMatchObject({ status: 429, headers: { 'Retry-After': '3' } });
  expect(parts['/users'].status).toBe(200);
});

test('a reset cuts the connection before the request is carried out', async () => {
  await fault({ path: 'subscriptions' }, { reset: true });

  await expect(harness.subscribe('users')).rejects.toThrow();
  expect((await harness.graph('GET', '/subscriptions')).body.value).toEqual([]);
});

test('with drop the request is carried out and its answer lost', async () => {
  await fault({ path: 'subscriptions' }, { drop: true, reset: true });

  await expect(harness.subscribe('users')).rejects.toThrow();
  expect((await harness.graph('GET', '/subscriptions')).body.value).toHaveLength(1);
});

test('a delay holds the answer back and a lag shows an older state', async () => {
  const [person] = harness.simulator.world.tenants.get(harness.tenantId)?.view().users() ?? [];
  harness.simulator.world.clock.advance(60_000);
  await harness.control('PATCH', `/tenants/${harness.tenantId}/users/${person?.id}`, { givenName: 'New' });
  await fault({ path: 'users' }, { delayMs: 80, lagMs: 30_000 });
  const startedMs = Date.now();
  const { body } = await harness.graph('GET', `/users/${person?.id}`);

  expect(body.givenName).not.toBe('New');
  expect(Date.now() - startedMs).toBeGreaterThanOrEqual(75);
});

test('the token endpoint has faults too', async () => {
  await fault({ path: '/oauth2/v2.0/token', tenant: harness.tenantId }, { status: 503 });

  expect(await tokenFor(harness.simulator, harness.tenantId)).toBeUndefined();
  expect(await tokenFor(harness.simulator, harness.tenantId)).toBeDefined();
});

test('faults can be listed, removed one by one and all at once', async () => {
  const first = await fault({ path: 'a' }, { status: 500 });
  await fault({ path: 'users' }, { status: 500 });
  await harness.control('DELETE', `/faults/${first}`);
  expect((await harness.control('GET', '/faults')).body.items).toHaveLength(1);
  await harness.control('DELETE', '/faults');

  expect(await statuses('/users', 1)).toEqual([200]);
});
