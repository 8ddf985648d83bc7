import type { NewSubscription } from '../../../../src/graph/types.js';
import { type Answering, aGuid, benchFor, type Double, graphError, startDouble } from '../graph-double.js';

const ID = aGuid(1);
const EXPIRES = new Date('2026-02-01T00:00:00.000Z');

let double: Double;
afterEach(() => double.close());

async function aBench(answer: Answering) {
  double = await startDouble(answer);
  return benchFor(double);
}

function wanted(over: Partial<NewSubscription> = {}): NewSubscription {
  return {
    resource: 'users',
    changeType: 'updated,deleted',
    notificationUrl: 'https://ghs.example/graph/notifications',
    lifecycleNotificationUrl: 'https://ghs.example/graph/lifecycle',
    clientState: 'v1.state',
    expiresAt: EXPIRES,
    ...over,
  };
}

function answered(over: Record<string, unknown> = {}) {
  const { clientState: _, expiresAt: __, ...members } = wanted();
  return {
    id: ID,
    ...members,
    expirationDateTime: '2026-01-20T00:00:00.1234567Z',
    applicationId: aGuid(2),
    clientState: null,
    ...over,
  };
}

test('a subscription is created with all its members, and its granted expiry is read', async () => {
  const { graph } = await aBench(() => ({ status: 201, body: answered() }));
  const created = await graph.createSubscription(wanted({ immutableIds: true }));
  expect(created).toMatchObject({
    outcome: 'created',
    subscription: { id: ID, resource: 'users', expiresAt: new Date('2026-01-20T00:00:00.123Z') },
  });
  const [asked] = double.graphAsked();
  expect(asked?.json).toMatchObject({ clientState: 'v1.state', expirationDateTime: '2026-02-01T00:00:00.000Z' });
  expect(asked?.json).not.toHaveProperty('immutableIds');
  expect(asked?.headers['prefer']).toBe('IdType="ImmutableId"');
});

test.each([
  [409, 'InvalidRequest', 'Subscription Id x already exists for the requested combination', 'conflict'],
  [403, 'Forbidden', "App 'x' has reached its limit of '100' 'users' subscription on tenant 'y'", 'quota'],
  [403, 'Authorization_RequestDenied', 'Insufficient privileges', 'failed'],
  [404, 'ResourceNotFound', 'gone', 'no_resource'],
  [400, 'ExtensionError', 'Operation: Create; Exception: [Status Code: NotFound; Reason: no mailbox]', 'no_resource'],
  [400, 'ExtensionError', 'Operation: Create; Exception: [Status Code: Forbidden; Reason: policy]', 'blocked'],
  [403, 'ExtensionError', 'Operation: Create; Exception: [Status Code: Forbidden; Reason: policy]', 'blocked'],
  [400, 'ValidationError', 'Subscription validation request failed.', 'failed'],
  [503, 'UnknownError', 'busy', 'failed'],
])('creating answered with %d %s (%s) is %s', async (status, code, message, outcome) => {
  const { graph } = await aBench(() => graphError(status, code, message));
  expect(await graph.createSubscription(wanted())).toMatchObject({ outcome, failure: { status } });
  expect(double.graphAsked()).toHaveLength(1);
});

test('an expiry beyond the enforced maximum is shortened once to what Graph names', async () => {
  const { graph, clock } = await aBench((asked) => {
    if (asked.json.expirationDateTime === EXPIRES.toISOString()) {
      return graphError(400, 'InvalidRequest', 'Subscription expiration can only be 10070 minutes in the future.');
    }
    return { status: 201, body: answered() };
  });
  expect(await graph.createSubscription(wanted())).toMatchObject({ outcome: 'created' });
  const second = Date.parse(double.graphAsked()[1]?.json.expirationDateTime);
  expect(second - clock.nowMs()).toBe(10_069 * 60_000);
});

test('an expiry that Graph refuses again is a failure, not a loop', async () => {
  const { graph } = await aBench(() => {
    return graphError(400, 'InvalidRequest', 'Subscription expiration can only be 10070 minutes in the future.');
  });
  expect(await graph.renewSubscription(ID, { expiresAt: EXPIRES })).toMatchObject({
    outcome: 'failed',
    failure: { kind: 'rejected' },
  });
  expect(double.graphAsked()).toHaveLength(2);
});

test('a renewal is one PATCH of the expiry', async () => {
  const { graph } = await aBench(() => ({ body: answered() }));
  expect(await graph.renewSubscription(ID, { expiresAt: EXPIRES })).toMatchObject({
    outcome: 'renewed',
    subscription: { id: ID },
  });
  expect(double.graphAsked()).toMatchObject([{ method: 'PATCH', json: { expirationDateTime: EXPIRES.toISOString() } }]);
});

test('deleting and reauthorising are acknowledged without a body', async () => {
  const { graph } = await aBench(() => ({ status: 204, body: '' }));
  expect(await graph.deleteSubscription(ID)).toEqual({ outcome: 'deleted' });
  expect(await graph.reauthoriseSubscription(ID)).toEqual({ outcome: 'reauthorised' });
  expect(double.graphAsked().map((one) => [one.method, one.path])).toEqual([
    ['DELETE', `/v1.0/subscriptions/${ID}`],
    ['POST', `/v1.0/subscriptions/${ID}/reauthorize`],
  ]);
});

test("every 404 of Graph's means that the subscription is gone", async () => {
  const { graph } = await aBench(() => graphError(404, 'ExtensionError'));
  expect(await graph.getSubscription(ID)).toEqual({ outcome: 'gone' });
  expect(await graph.renewSubscription(ID, { expiresAt: EXPIRES })).toEqual({ outcome: 'gone' });
  expect(await graph.deleteSubscription(ID)).toEqual({ outcome: 'gone' });
  expect(await graph.reauthoriseSubscription(ID)).toEqual({ outcome: 'gone' });
});

test.each([
  ['a page of something on the way', { status: 404, body: '<html>404 Not Found</html>' }],
  ['an error that nobody knows', graphError(404, 'UnknownError')],
])('404 with %s says nothing of a mailbox and deletes nothing; looked at, it is made anew', async (_, answer) => {
  const { graph } = await aBench(() => answer);
  const failed = { outcome: 'failed', failure: { kind: 'unavailable', status: 404 } };
  expect(await graph.createSubscription(wanted({ resource: `users/${ID}/events` }))).toMatchObject(failed);
  expect(await graph.deleteSubscription(ID)).toMatchObject(failed);
  expect(await graph.renewSubscription(ID, { expiresAt: EXPIRES })).toMatchObject(failed);
  expect(await graph.getSubscription(ID)).toEqual({ outcome: 'gone' });
});

test('trouble on the way is a failure, never "gone"', async () => {
  const { graph } = await aBench(() => graphError(503, 'X'));
  expect(await graph.getSubscription(ID)).toMatchObject({ outcome: 'failed', failure: { kind: 'unavailable' } });
});

test('the list is read to its last page', async () => {
  const { graph } = await aBench((asked) => {
    if (asked.path.includes('skip')) return { body: { value: [answered({ id: aGuid(2) })] } };
    return { body: { value: [answered()], '@odata.nextLink': `${double.url}/v1.0/subscriptions?skip=1` } };
  });
  expect((await graph.listSubscriptions()).map((one) => one.id)).toEqual([ID, aGuid(2)]);
});

test('a list with an entry that cannot be read is a failure: the entry would be made a second time', async () => {
  const { graph } = await aBench(() => ({ body: { value: [answered(), { id: 'x' }] } }));
  await expect(graph.listSubscriptions()).rejects.toMatchObject({ code: 'unexpected_answer' });
});
