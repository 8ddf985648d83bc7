import { type Harness, startHarness, until } from './server-harness.js';

let harness: Harness;
let users: string;
let groups: string;
const expected = { people: [] as string[], groups: [] as string[] };

beforeEach(async () => {
  harness = await startHarness();
  users = (await harness.subscribe('users')).body.id;
  groups = (await harness.subscribe('groups')).body.id;
  const view = harness.simulator.world.tenants.get(harness.tenantId)?.view();
  expected.people = [...(view?.users() ?? [])].map((person) => person.id);
  expected.groups = [...(view?.groups() ?? [])].map((group) => group.id);
});
afterEach(() => harness.close());

const tenant = () => `/tenants/${harness.tenantId}`;
/** Edits commit at once, so that those of one test are one burst. */
const edit = (person: string | undefined, name: string) =>
  harness.simulator.world.tenants.get(harness.tenantId)?.directory.updateUser(person ?? '', { givenName: name });
const allDelivered = () => until(() => harness.simulator.delivery.waiting() === 0);

test('an edit of a person arrives as a notification for the users subscription', async () => {
  const [person] = expected.people;
  edit(person, 'Ada');
  await until(() => harness.receiver.items.length === 1);

  expect(harness.receiver.items[0]).toMatchObject({
    ...{ subscriptionId: users, changeType: 'updated', clientState: 'secret', tenantId: harness.tenantId },
    ...{ resource: `Users/${person}`, resourceData: { '@odata.type': '#Microsoft.Graph.User', id: person } },
  });
  expect(harness.receiver.items[0].resourceData.sequenceNumber).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
});

test('soft deletion is announced as updated and permanent deletion as deleted', async () => {
  const [person] = expected.people;
  await harness.control('DELETE', `${tenant()}/users/${person}`);
  await harness.control('DELETE', `${tenant()}/users/${person}?permanent=true`);
  await until(() => harness.receiver.items.some((item) => item.changeType === 'deleted'));

  const types = harness.receiver.items.filter((item) => item.subscriptionId === users).map((item) => item.changeType);
  expect(types).toEqual(['updated', 'deleted']);
});

test('a membership change names who came and who went, with a text for @removed', async () => {
  const group = (await harness.control('POST', `${tenant()}/groups`, { displayName: 'New' })).body.id;
  const [person] = expected.people;
  await harness.control('PUT', `${tenant()}/groups/${group}/members/${person}`);
  await harness.control('DELETE', `${tenant()}/groups/${group}/members/${person}`);
  await until(() => harness.receiver.items.length === 3);

  const hints = harness.receiver.items.map((item) => item.resourceData['members@delta']);
  expect(hints).toEqual([undefined, [{ id: person }], [{ id: person, '@removed': 'deleted' }]]);
  expect(harness.receiver.items[1]).toMatchObject({ subscriptionId: groups, resource: `Groups/${group}` });
});

test('without the switch membership changes carry no hint', async () => {
  harness.simulator.world.switches.membersInGroupNotifications = false;
  await harness.control('DELETE', `${tenant()}/groups/${expected.groups[1]}/members/${expected.people[0]}`);
  await until(() => harness.receiver.items.length === 1);

  expect(harness.receiver.items[0].resourceData).not.toHaveProperty('members@delta');
});

test('changes made together travel in one POST', async () => {
  for (const person of expected.people.slice(0, 10)) edit(person, 'Bo');
  await until(() => harness.receiver.items.length === 10);

  expect(harness.receiver.posts).toEqual([10]);
});

test('a refused notification is sent again', async () => {
  harness.receiver.answers.status = 503;
  edit(expected.people[0], 'Ada');
  await until(() => harness.receiver.items.length === 2);
  harness.receiver.answers.status = 202;
  await allDelivered();

  const { items } = (await harness.control('GET', '/deliveries')).body;
  expect(items[0]).toMatchObject({ status: 503, items: 1, attempt: 1 });
  expect(items.at(-1)).toMatchObject({ status: 202 });
});

test('an answer that comes too late counts as none, and the notification is sent again', async () => {
  await harness.close();
  harness = await startHarness({ deliveryLimits: { retryFirstMs: 30, firstAnswerMs: 60 } });
  await harness.subscribe('users');
  harness.receiver.answers.status = null;
  edit(expected.people[0], 'Ada');
  await until(() => harness.receiver.items.length === 1);
  harness.receiver.answers.status = 202;
  await allDelivered();

  expect(harness.simulator.delivery.log.entries().map(({ status }) => status)).toEqual([null, 202]);
});

test('after four hours of refusals a notification is given up', async () => {
  harness.receiver.answers.status = 500;
  edit(expected.people[0], 'Ada');
  await until(() => harness.receiver.items.length > 0);
  harness.simulator.world.clock.advance(4 * 3_600_000);

  await allDelivered();
});

test('loss and repetition follow their shares', async () => {
  await harness.control('POST', '/deliveries', { loss: 1 });
  edit(expected.people[0], 'Lost');
  await harness.control('POST', '/deliveries', { loss: 0, repeat: 1 });
  edit(expected.people[1], 'Twice');
  await until(() => harness.receiver.items.length === 2);
  await allDelivered();

  expect(harness.receiver.items.map((item) => item.resourceData.id)).toEqual([expected.people[1], expected.people[1]]);
});

test('reordering lets later notifications arrive first', async () => {
  await harness.control('POST', '/deliveries', { reorder: 0.5 });
  for (const person of expected.people) edit(person, 'Bo');
  await until(() => harness.receiver.items.length === expected.people.length);

  expect(harness.receiver.items.map((item) => item.resourceData.id)).not.toEqual(expected.people);
});

test('a delay is waited for on the simulated clock', async () => {
  await harness.control('POST', '/deliveries', { delayMs: 600_000 });
  edit(expected.people[0], 'Late');
  expect(harness.simulator.delivery.waiting()).toBe(1);
  await harness.control('POST', '/clock', { advanceMs: 600_000 });

  await until(() => harness.receiver.items.length === 1);
});

test('a subscription to be reauthorized is paused until PATCH, and what waited arrives then', async () => {
  await harness.control('PATCH', `/subscriptions/${users}`, { lifecycleEvent: 'reauthorizationRequired' });
  edit(expected.people[0], 'Ada');
  await until(() => harness.receiver.items.length === 1);
  expect(harness.receiver.items[0]).toMatchObject({
    ...{ lifecycleEvent: 'reauthorizationRequired', subscriptionId: users },
    ...{ clientState: 'secret', tenantId: harness.tenantId },
  });
  expect(harness.receiver.items[0]).not.toHaveProperty('changeType');

  await harness.graph('PATCH', `/subscriptions/${users}`, { expirationDateTime: harness.inMinutes(5_000) });
  await until(() => harness.receiver.items.length === 2);
  expect(harness.receiver.items[1].changeType).toBe('updated');
});
