import request from 'supertest';
import {
  aClientState,
  aGroupItem,
  aLifecycleItem,
  anEventItem,
  anna,
  aUserItem,
  bert,
  nurses,
  subscription,
  tenantA,
  tenantB,
} from '../../unit/intake/notification-builders.js';
import { type StartedIntake, startIntake } from './start-intake.js';

let intake: StartedIntake;
beforeAll(async () => {
  intake = await startIntake({ isPatient: true });
});
afterAll(() => intake.stop());

const path = '/graph/notifications';
const to = (url = path) => request(intake.url).post(url);
const post = (value: unknown, url = path) => to(url).send({ value });
const accepted = async () => (await intake.changes.stats()).accepted;
const openOf = async (tenantId: string) => (await intake.changes.list({ tenantId, limit: 1_000 })).rows;
const counted = async (outcome: string) =>
  Number(new RegExp(`notifications_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await intake.metrics())?.[1] ?? 0);

test('an accepted notification is in the set when it is answered 202', async () => {
  await post([aUserItem()]).expect(202);
  expect(await openOf(tenantA)).toEqual([expect.objectContaining({ kind: 'user', objectId: anna, notified: 1 })]);
});

test('one POST may mix people, groups, mailboxes and lifecycle events', async () => {
  const before = await accepted();
  await post([aGroupItem([{ id: bert }]), anEventItem(), aLifecycleItem('missed')]).expect(202);
  expect(await accepted()).toBe(before + 3);
  const open = await openOf(tenantA);
  expect(open).toContainEqual(expect.objectContaining({ kind: 'group', objectId: nurses, memberIds: [bert] }));
  expect(open).toContainEqual(expect.objectContaining({ kind: 'events', objectId: anna }));
  const told = { kind: 'subscription', objectId: subscription, lifecycle: ['missed'] };
  expect(open).toContainEqual(expect.objectContaining(told));
});

test('the lifecycle route takes lifecycle events too', async () => {
  const before = await accepted();
  await post([aLifecycleItem()], '/graph/lifecycle').expect(202);
  expect(await accepted()).toBe(before + 1);
});

test('the same thing twice in one POST is one change and two accepted items', async () => {
  const before = (await openOf(tenantA)).find((row) => row.kind === 'user')?.notified ?? 0;
  await post([aUserItem(), aUserItem()]).expect(202);
  expect((await openOf(tenantA)).find((row) => row.kind === 'user')?.notified).toBe(before + 2);
});

test('forged, altered and foreign items are answered 202, counted, and nothing of them is stored', async () => {
  const before = { stored: await accepted(), forged: await counted('forged') };
  const whole = aClientState('u');
  const forged = [
    aUserItem({ clientState: whole.slice(0, 40) }),
    aUserItem({ clientState: `${whole.slice(0, -2)}AA` }),
    aUserItem({ clientState: undefined }),
    // The clientState of one tenant on an item of another.
    aUserItem({ tenantId: tenantB }),
  ];
  await post(forged).expect(202);
  expect(await counted('forged')).toBe(before.forged + 4);
  expect(await accepted()).toBe(before.stored);
  expect(await openOf(tenantB)).toEqual([]);
});

test('genuine items beside forged, null and numeric ones are stored', async () => {
  const before = await accepted();
  const malformed = await counted('malformed');
  await post([null, 7, 'text', [], aUserItem({ tenantId: tenantB }), aUserItem()]).expect(202);
  expect(await accepted()).toBe(before + 1);
  expect(await counted('malformed')).toBe(malformed + 4);
});

test('an empty collection is well formed', () => post([]).expect(202));

test.each(['{"value":', '', 'null', '[]', '7', '"value"', '{}', '{"value":{}}', '{"value":null}', '['.repeat(100_000)])(
  'a body like %.20s is answered 400',
  async (body) => {
    const response = await to().set('content-type', 'application/json').send(body);
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toMatch('application/problem+json');
    expect(response.body).toMatchObject({ status: 400, code: 'malformed_notification' });
  },
);

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data'])(
  'content of type %s is answered 415',
  async (type) => {
    const response = await to()
      .set('content-type', type)
      .send(JSON.stringify({ value: [] }));
    expect(response.status).toBe(415);
  },
);

test('content without a type, or compressed, is answered 415', async () => {
  const bare = await fetch(`${intake.url}${path}`, { method: 'POST', body: Buffer.from('{"value":[]}') });
  expect(bare.status).toBe(415);
  await to().set('content-type', 'application/json').set('content-encoding', 'gzip').send('{"value":[]}').expect(415);
});

test('the type may be written with a charset and in capitals', async () => {
  await to().set('content-type', 'Application/JSON; charset=utf-8').send('{"value":[]}').expect(202);
});

test('a body of 9 MiB is answered 413, with its length told and without', async () => {
  const body = JSON.stringify({ value: ['x'.repeat(9 * 1_024 * 1_024)] });
  await to().set('content-type', 'application/json').send(body).expect(413);
  const stream = new Blob([body]).stream();
  const headers = { 'content-type': 'application/json' };
  const chunked = await fetch(`${intake.url}${path}`, { method: 'POST', body: stream, headers, duplex: 'half' });
  expect(chunked.status).toBe(413);
});

test('a genuine batch of 10,000 items is stored whole', async () => {
  const before = await accepted();
  const items = Array.from({ length: 10_000 }, (_, index) => {
    const id = `eeeeeeee-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return aUserItem({ resource: `Users/${id}`, resourceData: { id } });
  });
  await post(items).expect(202);
  expect(await accepted()).toBe(before + 10_000);
});

test.each(['put', 'delete', 'patch', 'get'] as const)('%s is answered 405', async (method) => {
  const response = await request(intake.url)[method](path);
  expect(response.status).toBe(405);
  expect(response.headers['allow']).toBe('POST');
});

test('every POST leaves one log line with its trace, and none with ids of people or a clientState', async () => {
  intake.logged.splice(0);
  await post([aUserItem(), null]).set('x-forwarded-for', '203.0.113.7').expect(202);
  const lines = intake.logged.filter((line) => line['event'] === 'intake.post');
  expect(lines).toEqual([expect.objectContaining({ status: 202, items: 2, accepted: 1, malformed: 1 })]);
  const traceId = (await openOf(tenantA)).find((row) => row.objectId === anna)?.traceId;
  expect(lines[0]?.['traceId']).toBe(traceId);
  expect(JSON.stringify(intake.logged)).not.toMatch(/v1\.[0-9a-f]{4}\.u|aaaaaaaa-1111/);
});

describe('the handshake', () => {
  const shake = (query: string, method: 'post' | 'get' = 'post') => request(intake.url)[method](`${path}?${query}`);

  test.each([
    'Validation: Testing client application reachability for subscription Request-Id: 7f1c',
    '<script>alert(1)</script>&amp;"\'',
    'a+b c%20d/é✓',
    '',
  ])('the decoded token %p comes back exactly, as plain text', async (token) => {
    const response = await shake(`validationToken=${encodeURIComponent(token)}`).set('content-type', 'text/plain');
    expect(response.status).toBe(200);
    expect(response.text).toBe(token);
    expect(response.headers['content-type']).toMatch(/^text\/plain/);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  test('a plus sign in the query is a space', async () => {
    expect((await shake('validationToken=a+b%2Bc')).text).toBe('a b+c');
  });

  test.each(['validationtoken', 'VALIDATIONTOKEN', 'ValidationToken'])('the key counts as %s', async (key) => {
    expect((await shake(`x=1&${key}=t`)).text).toBe('t');
  });

  test('GET is answered too, on both routes', async () => {
    expect((await shake('validationToken=t', 'get')).text).toBe('t');
    expect((await request(intake.url).post('/graph/lifecycle?validationToken=t')).text).toBe('t');
  });

  test('a token of 10 KB comes back even when every character is percent-encoded', async () => {
    const token = 'x'.repeat(10_240);
    expect((await shake(`validationToken=${token}`)).text).toBe(token);
    expect((await shake(`validationToken=${'%3C'.repeat(10_240)}`)).text).toBe('<'.repeat(10_240));
  });

  test('a longer token is answered 414, a far longer one 431', async () => {
    expect((await shake(`validationToken=${'x'.repeat(10_241)}`)).status).toBe(414);
    expect((await shake(`validationToken=${'x'.repeat(70_000)}`)).status).toBe(431);
  });

  test('it is answered whatever stands in the body, and nothing of that is stored', async () => {
    const before = await accepted();
    await shake('validationToken=t')
      .send({ value: [aUserItem()] })
      .expect(200, 't');
    expect(await accepted()).toBe(before);
  });
});
