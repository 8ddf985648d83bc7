import { createWorld } from '../../../src/simulator/world/create-world.js';
import { type Harness, startHarness, tokenFor } from './server-harness.js';

const NOW_MS = Date.UTC(2026, 10, 24);
const TENANT = { people: 20, groups: 4, consentedRoles: ['User.Read.All', 'MailboxSettings.Read'] };

let harness: Harness;
let people: string[];
beforeEach(async () => {
  harness = await startHarness();
  people = [...(harness.simulator.world.tenants.get(harness.tenantId)?.view().users() ?? [])].map(({ id }) => id);
});
afterEach(() => harness.close());

const get = (url: string, id = url) => ({ id, method: 'GET', url });
const batch = (requests: unknown[]) => harness.graph('POST', '/$batch', { requests });
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes.
const byId = (body: any, id: string) => body.responses.find((part: { id: string }) => part.id === id);

test('a request without a token is refused with the captured words', async () => {
  const { status, body } = await harness.graph('GET', '/users', undefined, { authorization: '' });

  expect([status, body.error.code, body.error.message]).toEqual([
    ...[401, 'InvalidAuthenticationToken', 'Access token is empty.'],
  ]);
});

test('every answer carries request ids and a date, and the client id comes back', async () => {
  const { headers } = await harness.graph('GET', '/users?$top=1', undefined, { 'client-request-id': 'mine' });

  expect(headers.get('client-request-id')).toBe('mine');
  expect(headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(Date.parse(headers.get('date') ?? '')).not.toBeNaN();
});

test('a permission that was taken away is missed by the next token', async () => {
  await harness.control('POST', `/tenants/${harness.tenantId}/consent`, { roles: ['Group.Read.All'] });
  const authorization = `Bearer ${await tokenFor(harness.simulator, harness.tenantId)}`;
  const { status, body } = await harness.graph('GET', '/users', undefined, { authorization });

  expect([status, body.error.code]).toEqual([403, 'Authorization_RequestDenied']);
});

test('unknown addresses are 400, unknown methods 405, broken JSON 400', async () => {
  expect((await harness.graph('GET', '/nothing')).body.error.message).toMatch(/segment 'nothing'/);
  expect((await harness.graph('PATCH', '/users', {})).status).toBe(405);
  expect((await harness.graph('POST', '/subscriptions', '{')).status).toBe(400);
});

test('a batch mixes results, in any order, each with its own headers', async () => {
  const requests = [
    get(`/users/${people[0]}`, 'a'),
    get('users/none', 'b'),
    get(`/users/${people[0]}/mailboxSettings`, 'c'),
  ];
  const { status, body } = await batch(requests);

  expect(status).toBe(200);
  expect(byId(body, 'a')).toMatchObject({
    status: 200,
    body: { id: people[0] },
    headers: { 'x-ms-resource-unit': '1' },
  });
  expect(byId(body, 'b').status).toBe(404);
  expect(byId(body, 'c').status).toBe(200);
});

test('a request that depends on a failed one is 424', async () => {
  const { body } = await batch([get('/users/none', 'a'), { ...get('/users', 'b'), dependsOn: ['a'] }]);

  expect(byId(body, 'b').status).toBe(424);
});

test('a body in a batch needs its own content type', async () => {
  const post = { id: '1', method: 'POST', url: `/users/${people[0]}/checkMemberGroups`, body: { groupIds: [] } };
  const { body } = await batch([post, { ...post, id: '2', headers: { 'Content-Type': 'application/json' } }]);

  expect(byId(body, '1').status).toBe(400);
  expect(byId(body, '2').status).toBe(200);
});

test.each([
  ['more than 20 requests', Array.from({ length: 21 }, (_, index) => get('/users', String(index)))],
  ['two requests with one id', [get('/users', '1'), get('/groups', '1')]],
  ['an absolute address', [get('https://graph.microsoft.com/v1.0/users', '1')]],
  ['an unknown dependency', [{ ...get('/users', '1'), dependsOn: ['9'] }]],
  ['no request', []],
])('a batch with %s is refused as a whole', async (_name, requests) => {
  expect((await batch(requests)).status).toBe(400);
});

test('an empty budget of resource units answers 429 until it has filled up again', async () => {
  await harness.close();
  // On a clock that stands still, nothing fills up between the requests.
  const standing = createWorld({ seed: 1, clock: { nowMs: () => NOW_MS }, tenants: [TENANT] });
  standing.switches.resourceUnitsPer10s = 10;
  harness = await startHarness({ world: standing });
  const answers = [];
  for (let count = 0; count < 6; count += 1) answers.push(await harness.graph('GET', '/users?$top=99'));
  const last = answers.at(-1);

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  expect(answers[2]?.headers.get('x-ms-throttle-limit-percentage')).toBeNull();
  expect(answers[3]?.headers.get('x-ms-throttle-limit-percentage')).toBe('0.80');
  expect(last?.headers.get('x-ms-throttle-information')).toBe('ResourceUnitLimitExceeded');
  expect(last?.headers.get('retry-after')).toBe('4');

  standing.clock.advance(4_000);
  expect((await harness.graph('GET', '/users?$top=99')).status).toBe(200);
});

test('resource units follow $select, $top and never fall below one', async () => {
  const unitsOf = async (path: string) => (await harness.graph('GET', path)).headers.get('x-ms-resource-unit');

  expect(await unitsOf('/users?$top=99')).toBe('2');
  expect(await unitsOf('/users?$top=19')).toBe('1');
  expect(await unitsOf('/users?$top=19&$select=id')).toBe('1');
});

test('a fifth open request at one mailbox is throttled, but a batch waits by itself', async () => {
  harness.simulator.faults.add({ match: { path: 'mailboxSettings' }, after: 0, times: 99, action: { delayMs: 300 } });
  const path = `/users/${people[0]}/mailboxSettings`;
  const alone = await Promise.all(Array.from({ length: 6 }, () => harness.graph('GET', path)));
  const inBatch = await batch(Array.from({ length: 6 }, (_, index) => get(path, String(index))));

  expect(alone.filter(({ status }) => status === 429)).toHaveLength(2);
  expect(alone.find(({ status }) => status === 429)?.body.error.code).toBe('ApplicationThrottled');
  expect(inBatch.body.responses.map((part: { status: number }) => part.status)).toEqual(Array(6).fill(200));
});

test('replicas may answer with an older state', async () => {
  harness.simulator.world.clock.advance(60_000);
  await harness.control('PATCH', `/tenants/${harness.tenantId}/users/${people[0]}`, { givenName: 'New' });
  harness.simulator.world.switches.replicaLagsMs = [30_000];
  expect((await harness.graph('GET', `/users/${people[0]}`)).body.givenName).not.toBe('New');

  harness.simulator.world.clock.advance(30_001);
  expect((await harness.graph('GET', `/users/${people[0]}`)).body.givenName).toBe('New');
});
