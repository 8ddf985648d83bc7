import { type Harness, startHarness } from './server-harness.js';

let harness: Harness;
let id: string;
beforeEach(async () => {
  harness = await startHarness();
  id = (await harness.subscribe('users')).body.id;
});
afterEach(() => harness.close());

const MINUTE_MS = 60_000;

test('PATCH answers the whole subscription with its new expiry', async () => {
  const wanted = harness.inMinutes(40_000);
  const { status, body } = await harness.graph('PATCH', `/subscriptions/${id}`, { expirationDateTime: wanted });

  expect(status).toBe(200);
  expect(body).toMatchObject({ id, resource: 'users', clientState: 'secret' });
  expect(Date.parse(body.expirationDateTime)).toBe(Date.parse(wanted));
});

test('PATCH refuses what cannot be changed, an expiry beyond the cap, and an empty body', async () => {
  const patch = async (body: unknown) => (await harness.graph('PATCH', `/subscriptions/${id}`, body)).status;

  expect(await patch({ lifecycleNotificationUrl: harness.receiver.url })).toBe(400);
  expect(await patch({ resource: 'groups' })).toBe(400);
  expect(await patch({ expirationDateTime: harness.inMinutes(41_761) })).toBe(400);
  expect(await patch({})).toBe(400);
});

test('a new notificationUrl has to shake hands', async () => {
  const url = `${harness.receiver.url}&new=1`;
  harness.receiver.answers.handshake = (_token, to) => to.writeHead(500).end();
  const refused = await harness.graph('PATCH', `/subscriptions/${id}`, { notificationUrl: url });
  harness.receiver.answers.handshake = (token, to) => to.writeHead(200, { 'content-type': 'text/plain' }).end(token);
  const granted = await harness.graph('PATCH', `/subscriptions/${id}`, { notificationUrl: url });

  expect(refused.status).toBe(400);
  expect(granted.body.notificationUrl).toBe(url);
});

test('reading hides the clientState', async () => {
  const one = await harness.graph('GET', `/subscriptions/${id}`);
  const all = await harness.graph('GET', '/subscriptions');

  expect(one.body.clientState).toBeNull();
  expect(all.body.value).toMatchObject([{ id, clientState: null }]);
});

test('a deleted subscription and an expired one are equally unknown', async () => {
  const other = (await harness.subscribe('groups')).body.id;
  expect((await harness.graph('DELETE', `/subscriptions/${id}`)).status).toBe(204);
  await harness.control('POST', '/clock', { advanceMs: 1_001 * MINUTE_MS });

  for (const gone of [id, other]) {
    const renewed = await harness.graph('PATCH', `/subscriptions/${gone}`, {
      expirationDateTime: harness.inMinutes(99),
    });
    expect([renewed.status, renewed.body.error.code]).toEqual([404, 'ResourceNotFound']);
  }
});

test('reauthorize answers 204 and leaves the expiry as it is', async () => {
  const before = (await harness.graph('GET', `/subscriptions/${id}`)).body.expirationDateTime;

  expect((await harness.graph('POST', `/subscriptions/${id}/reauthorize`)).status).toBe(204);
  expect((await harness.graph('GET', `/subscriptions/${id}`)).body.expirationDateTime).toBe(before);
});
