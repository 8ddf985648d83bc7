import { type Harness, startHarness, until } from './server-harness.js';

let harness: Harness;
let tenant: string;
beforeEach(async () => {
  harness = await startHarness();
  tenant = `/tenants/${harness.tenantId}`;
});
afterEach(() => harness.close());

test('a person can be added, changed, deleted, restored and deleted for good', async () => {
  const mailbox = { timeZone: 'Romance Standard Time' };
  const added = await harness.control('POST', `${tenant}/users`, {
    displayName: 'Ada',
    mail: 'ada@x.example',
    mailbox,
  });
  const { id } = added.body;
  expect(added).toMatchObject({ status: 201, body: { at: expect.stringMatching(/Z$/), id } });
  expect((await harness.graph('GET', `/users/${id}/mailboxSettings/timeZone`)).body.value).toBe(mailbox.timeZone);

  await harness.control('PATCH', `${tenant}/users/${id}`, { displayName: 'Ada L', mailbox: 'none' });
  expect((await harness.graph('GET', `/users/${id}`)).body.displayName).toBe('Ada L');
  await harness.control('DELETE', `${tenant}/users/${id}`);
  expect((await harness.graph('GET', `/users/${id}`)).status).toBe(404);
  await harness.control('POST', `${tenant}/users/${id}/restore`);
  expect((await harness.graph('GET', `/users/${id}`)).status).toBe(200);
  await harness.control('DELETE', `${tenant}/users/${id}?permanent=true`);
  expect((await harness.control('POST', `${tenant}/users/${id}/restore`)).status).toBe(404);
});

test('a group can be added, changed, filled, emptied and deleted', async () => {
  const { id } = (await harness.control('POST', `${tenant}/groups`, { displayName: 'Drivers' })).body;
  const [person] = (await harness.control('GET', `${tenant}/users?limit=1`)).body.items;
  await harness.control('PUT', `${tenant}/groups/${id}/members/${person.id}`);
  expect((await harness.control('GET', `${tenant}/groups/${id}/members`)).body.items).toEqual([{ id: person.id }]);
  await harness.control('DELETE', `${tenant}/groups/${id}/members/${person.id}`);
  await harness.control('PATCH', `${tenant}/groups/${id}`, { displayName: 'Night drivers' });

  const { items } = (await harness.control('GET', `${tenant}/groups?search=night+dri`)).body;
  expect(items).toMatchObject([{ id, members: 0 }]);
  await harness.control('DELETE', `${tenant}/groups/${id}`);
  expect((await harness.graph('GET', `/groups/${id}`)).status).toBe(404);
});

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
test.each([
  ['POST', '/tenants/nonsense/users', {}, 400],
  ['POST', `/tenants/${UNKNOWN}/users`, {}, 404],
  ['POST', 'T/users', { accountEnabled: 'yes' }, 400],
  ['POST', 'T/users', { displaName: 'x' }, 400],
  ['POST', 'T/users', { mailbox: 'broken' }, 400],
  ['PATCH', `T/users/${UNKNOWN}`, { displayName: 'x' }, 404],
  ['PATCH', `T/users/${UNKNOWN}`, {}, 400],
  ['DELETE', `T/users/${UNKNOWN}?permanent=perhaps`, undefined, 400],
  ['PUT', `T/groups/${UNKNOWN}/members/${UNKNOWN}`, undefined, 404],
  ['POST', 'T/users', '{', 400],
  ['POST', 'T/consent', { roles: 'all' }, 400],
  ['POST', '/clock', { advanceMs: -1 }, 400],
  ['POST', '/switches', { throttle: false }, 400],
  ['POST', '/deliveries', { loss: 2 }, 400],
  ['POST', '/faults', { match: { path: '(' }, action: { status: 500 } }, 400],
  ['POST', '/faults', { match: { path: 'x' }, action: {} }, 400],
  ['PATCH', `/subscriptions/${UNKNOWN}`, { lifecycleEvent: 'missed' }, 404],
  ['GET', '/requests?path=(', undefined, 400],
  ['GET', '/nothing', undefined, 404],
])('%s %s with %j is refused', async (method, path, body, status) => {
  const answer = await harness.control(method, path.replace(/^T/, tenant), body);

  expect(answer.status).toBe(status);
  expect(answer.body.error.message).not.toBe('');
});

test('the clock moves, and with it the Date of answers', async () => {
  const before = Date.parse((await harness.graph('GET', '/users')).headers.get('date') ?? '');
  await harness.control('POST', '/clock', { advanceMs: 86_400_000 });
  const after = Date.parse((await harness.graph('GET', '/users')).headers.get('date') ?? '');

  expect(after - before).toBeGreaterThanOrEqual(86_400_000 - 1_000);
});

test('subscriptions show their clientState, can be set to expire and be deleted', async () => {
  const { id } = (await harness.subscribe('users')).body;
  const expirationDateTime = harness.inMinutes(10);
  await harness.control('PATCH', `/subscriptions/${id}`, { expirationDateTime });
  const { items } = (await harness.control('GET', '/subscriptions')).body;
  expect(items).toMatchObject([{ id, clientState: 'secret', tenantId: harness.tenantId }]);
  expect(Date.parse(items[0].expirationDateTime)).toBe(Date.parse(expirationDateTime));

  await harness.control('DELETE', `/subscriptions/${id}`);
  expect((await harness.graph('GET', `/subscriptions/${id}`)).status).toBe(404);
});

test('subscriptionRemoved removes the subscription and tells its lifecycle address', async () => {
  const { id } = (await harness.subscribe('users')).body;
  await harness.control('PATCH', `/subscriptions/${id}`, { lifecycleEvent: 'subscriptionRemoved' });
  await until(() => harness.receiver.items.length === 1);

  expect(harness.receiver.items[0]).toMatchObject({ subscriptionId: id, lifecycleEvent: 'subscriptionRemoved' });
  expect((await harness.control('GET', '/subscriptions')).body.items).toEqual([]);
});

test('revoked consent pauses the subscriptions that lived on it', async () => {
  await harness.subscribe('users');
  await harness.subscribe('groups');
  await harness.control('POST', `${tenant}/consent`, { roles: ['Group.Read.All'] });
  await until(() => harness.receiver.items.length === 1);

  const { items } = (await harness.control('GET', '/subscriptions')).body;
  expect(items.map((one: { needsReauthorization: boolean }) => one.needsReauthorization)).toEqual([true, false]);
});

test('requests are recorded with their query, tenant, status and the parts of a batch', async () => {
  const url = '/users?$top=1';
  await harness.graph('GET', url);
  await harness.graph('POST', '/$batch', { requests: [{ id: '1', method: 'GET', url }] });
  const { items } = (await harness.control('GET', '/requests?path=v1.0')).body;

  expect(items).toMatchObject([
    { method: 'GET', path: `/v1.0${url}`, status: 200, tenant: harness.tenantId, at: expect.stringMatching(/Z$/) },
    { method: 'POST', path: '/v1.0/$batch', parts: [{ method: 'GET', path: `/v1.0${url}`, status: 200 }] },
  ]);
});
