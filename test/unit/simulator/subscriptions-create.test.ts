import { type Harness, startHarness } from './server-harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

test('a subscription is granted after one handshake for each address', async () => {
  const { status, body } = await harness.subscribe('/users');

  expect(status).toBe(201);
  expect(body).toMatchObject({ resource: '/users', clientState: 'secret', changeType: 'updated,deleted' });
  expect(body).toMatchObject({ notificationQueryOptions: null, latestSupportedTlsVersion: 'v1_2' });
  expect(body.expirationDateTime).toMatch(/T\d\d:\d\d:\d\d\.\d{7}Z$/);
  expect(harness.receiver.handshakes).toHaveLength(2);
  for (const shaken of harness.receiver.handshakes) {
    expect(shaken).toMatchObject({ method: 'POST', type: expect.stringMatching(/^text\/plain/) });
    expect(shaken.token).toMatch(/^Validation: Testing .* Request-Id: [0-9a-f-]{36}$/);
  }
});

test.each([
  ['another text', 'text/plain', (token: string) => `${token}.`, /exactly match/],
  ['the encoded token', 'text/plain', (token: string) => encodeURIComponent(token), /exactly match/],
  ['another content type', 'application/json', (token: string) => token, /text\/plain/],
])('an endpoint that answers the handshake with %s is refused', async (_name, type, text, message) => {
  harness.receiver.answers.handshake = (token, to) => to.writeHead(200, { 'content-type': type }).end(text(token));

  const { status, body } = await harness.subscribe('users');

  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'ValidationError', message: expect.stringMatching(message) });
  expect((await harness.graph('GET', '/subscriptions')).body.value).toEqual([]);
});

test('an endpoint that answers the handshake with 202 is refused', async () => {
  harness.receiver.answers.handshake = (token, to) => to.writeHead(202, { 'content-type': 'text/plain' }).end(token);

  expect((await harness.subscribe('users')).body.error.message).toMatch(/200 OK.*202/);
});

test.each([
  ['created for users', 'users', { changeType: 'created' }, /Invalid 'changeType' attribute/],
  ['created for groups', 'groups', { changeType: 'created,updated' }, /Invalid 'changeType' attribute/],
  ['a resource it does not know', 'calendarView', {}, /not supported/],
  ['http beyond loopback', 'users', { notificationUrl: 'http://example.com/' }, /https/],
  ['a clientState of 129 characters', 'users', { clientState: 'x'.repeat(129) }, /clientState/],
  ['an expiry without a zone', 'users', { expirationDateTime: '2030-01-01T00:00:00' }, /expirationDateTime/],
  ['resource data of users', 'users', { includeResourceData: true }, /includeResourceData/],
  ['a property it does not know', 'users', { nonsense: 1 }, /nonsense/],
])('Graph refuses %s before any handshake', async (_name, resource, changes, message) => {
  const { status, body } = await harness.subscribe(resource, changes);

  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: 'InvalidRequest', message: expect.stringMatching(message) });
  expect(harness.receiver.handshakes).toEqual([]);
});

test.each([
  ['users', 41_760],
  ['groups', 41_760],
  ['events', 10_070],
])('a subscription on %s lives at most %d minutes', async (kind, minutes) => {
  const [person] = harness.simulator.world.tenants.get(harness.tenantId)?.view().users() ?? [];
  const resource = kind === 'events' ? `users/${person?.id}/events` : kind;

  const tooLong = await harness.subscribe(resource, { expirationDateTime: harness.inMinutes(minutes + 1) });
  const fits = await harness.subscribe(resource, { expirationDateTime: harness.inMinutes(minutes) });

  expect(tooLong.body.error.message).toBe(`Subscription expiration can only be ${minutes} minutes in the future.`);
  expect(fits.status).toBe(201);
});

test('a past expiry is refused and a near one is raised to 45 minutes', async () => {
  const past = await harness.subscribe('users', { expirationDateTime: harness.inMinutes(-1) });
  const near = await harness.subscribe('users', { expirationDateTime: harness.inMinutes(1) });

  expect(past.status).toBe(400);
  const granted = Date.parse(near.body.expirationDateTime);
  expect(granted).toBeGreaterThan(Date.parse(harness.inMinutes(44)));
  expect(granted).toBeLessThanOrEqual(Date.parse(harness.inMinutes(45)));
});

test('a duplicate is a conflict unless the switch accepts it', async () => {
  await harness.subscribe('users');

  const conflict = await harness.subscribe('/Users', { changeType: 'deleted,updated' });
  harness.simulator.world.switches.duplicateSubscriptions = 'accepted';
  const accepted = await harness.subscribe('/users');

  expect(conflict.status).toBe(409);
  expect(conflict.body.error.message).toMatch(/^Subscription Id .* already exists/);
  expect(accepted.status).toBe(201);
});

test('the hundred and first subscription on groups is over quota, and the list comes in pages', async () => {
  harness.simulator.world.switches.duplicateSubscriptions = 'accepted';
  for (let count = 0; count < 100; count += 1) await harness.subscribe('groups');

  const over = await harness.subscribe('groups');
  await harness.subscribe('users');
  const page = (await harness.graph('GET', '/subscriptions')).body;
  const next = (await harness.graph('GET', page['@odata.nextLink'])).body;

  expect(over.status).toBe(403);
  expect(over.body.error.message).toMatch(/has reached its limit of '100' 'groups'/);
  expect([page.value.length, next.value.length, next['@odata.nextLink']]).toEqual([100, 1, undefined]);
});

test('a mailbox that is not there or is blocked refuses its subscription as Exchange does', async () => {
  const person = (await harness.control('POST', `/tenants/${harness.tenantId}/users`, { mailbox: 'none' })).body.id;
  const absent = await harness.subscribe(`users/${person}/events`);
  await harness.control('PATCH', `/tenants/${harness.tenantId}/users/${person}`, { mailbox: 'blocked' });
  const blocked = await harness.subscribe(`users/${person}/events`);

  expect([absent.status, blocked.status]).toEqual([404, 403]);
  expect(absent.body.error).toMatchObject({ code: 'ExtensionError', message: expect.stringMatching(/NotFound/) });
});
