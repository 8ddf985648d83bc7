import { type Harness, startHarness, until } from './server-harness.js';

let harness: Harness;
let user: string;
let events: string;
beforeEach(async () => {
  harness = await startHarness();
  const people = harness.simulator.world.tenants.get(harness.tenantId)?.view().users() ?? [];
  user = [...people].find(({ mailbox }) => typeof mailbox === 'object')?.id ?? '';
  events = `/tenants/${harness.tenantId}/mailboxes/${user}/events`;
});
afterEach(() => harness.close());

const EVENT = { subject: 'Visit', start: '2026-11-02T09:00:00Z', end: '2026-11-02T10:00:00Z' };
const DAILY = {
  pattern: { type: 'daily', interval: 1 },
  range: { type: 'numbered', startDate: '2026-11-02', numberOfOccurrences: 3 },
};
const WINDOW = 'startDateTime=2026-11-01T00:00:00Z&endDateTime=2026-11-30T00:00:00Z';
const subscribe = (changes = {}) =>
  harness.subscribe(`users/${user}/events`, { changeType: 'created,updated,deleted', ...changes });
const add = async (event: object = EVENT) => (await harness.control('POST', events, event)).body.id;
const told = () => harness.receiver.items.map(({ changeType, resourceData }) => [changeType, resourceData.id]);
const listed = async () =>
  (await harness.control('GET', `${events}?from=2026-11-01T00:00:00Z&to=2027-01-01T00:00:00Z`)).body.items;

describe('notifications', () => {
  test('one creation is told as created and twice updated', async () => {
    const { id: subscriptionId } = (await subscribe()).body;
    const id = await add();
    await until(() => harness.receiver.items.length === 3);

    expect(told()).toEqual([
      ['created', id],
      ['updated', id],
      ['updated', id],
    ]);
    const [item] = harness.receiver.items;
    const { changeKey } = (await harness.graph('GET', `/users/${user}/events/${id}`)).body;
    expect(item).toMatchObject({ subscriptionId, clientState: 'secret', tenantId: harness.tenantId });
    expect(item.resourceData).toEqual({
      ...{ '@odata.type': '#Microsoft.Graph.Event', '@odata.id': item.resource, '@odata.etag': `W/"${changeKey}"`, id },
    });
  });

  test('the resource comes in both of its spellings', async () => {
    await subscribe();
    await add();
    await add();
    await until(() => harness.receiver.items.length === 6);

    const spellings = harness.receiver.items.map(({ resource }) => resource.replace(/\/Events\/.*$/, ''));
    expect(new Set(spellings)).toEqual(new Set([`Users/${user}`, `users/${user}@${harness.tenantId}`]));
  });

  test('without bursts each edit is told once, to those who asked for its kind', async () => {
    await harness.control('POST', '/switches', { eventBursts: false });
    await subscribe({ changeType: 'created,deleted' });
    const id = await add();
    await harness.control('PATCH', `${events}/${id}`, { subject: 'Other' });
    await harness.control('DELETE', `${events}/${id}`);
    await until(() => harness.receiver.items.length === 2);

    expect(told()).toEqual([
      ['created', id],
      ['deleted', id],
    ]);
  });

  test('a move into another calendar is told as deleted, and back as created; what is purged cannot be moved', async () => {
    await harness.control('POST', '/switches', { eventBursts: false });
    await subscribe();
    const id = await add();
    for (const to of ['other', 'default']) await harness.control('POST', `${events}/${id}/move`, { to });
    await harness.control('DELETE', `${events}/${id}?purge=true`);
    await until(() => harness.receiver.items.length === 4);

    expect(told().map(([changeType]) => changeType)).toEqual(['created', 'deleted', 'created', 'deleted']);
    expect((await harness.control('POST', `${events}/${id}/move`, { to: 'default' })).status).toBe(404);
  });

  test('an occurrence is told by its own id, and with it its series', async () => {
    const series = await add({ ...EVENT, recurrence: DAILY });
    const [first] = await listed();
    await subscribe();
    await harness.control('DELETE', `${events}/${first.id}`);
    await until(() => harness.receiver.items.length === 2);

    expect(told()).toEqual([
      ['deleted', first.id],
      ['updated', series],
    ]);
  });

  test('a mailbox hears nothing of another one', async () => {
    await subscribe();
    const other = await harness.control('POST', `/tenants/${harness.tenantId}/users`, { mail: 'a@b.example' });
    await harness.control('POST', events.replace(user, other.body.id), EVENT);
    const id = await add();
    await until(() => harness.receiver.items.length === 3);

    expect(new Set(told().map(([, event]) => event))).toEqual(new Set([id]));
  });

  test('where notifications are lost, missed may follow', async () => {
    const { id: subscriptionId } = (await subscribe()).body;
    await harness.control('POST', '/deliveries', { loss: 0.5 });
    for (let index = 0; index < 5; index += 1) await add();
    await until(() => harness.receiver.items.some(({ lifecycleEvent }) => lifecycleEvent !== undefined));

    const missed = harness.receiver.items.filter(({ lifecycleEvent }) => lifecycleEvent !== undefined);
    expect(missed[0]).toMatchObject({ subscriptionId, lifecycleEvent: 'missed' });
  });
});

describe('control', () => {
  test('an event can be added, changed and deleted', async () => {
    const added = await harness.control('POST', events, EVENT);
    const { id } = added.body;
    expect(added).toMatchObject({ status: 201, body: { at: expect.stringMatching(/Z$/), id } });
    const edit = { sensitivity: 'private', end: { dateTime: '2026-11-03T00:30:00', timeZone: 'Pacific/Auckland' } };
    expect(await harness.control('PATCH', `${events}/${id}`, edit)).toMatchObject({ status: 200, body: { id } });
    const read = () => harness.graph('GET', `/users/${user}/events/${id}`);
    expect((await read()).body).toMatchObject({
      ...{ subject: 'Visit', sensitivity: 'private', end: { dateTime: '2026-11-02T11:30:00.0000000' } },
    });
    await harness.control('DELETE', `${events}/${id}`);
    expect(await listed()).toEqual([]);
    expect((await read()).status).toBe(200);
    await harness.control('DELETE', `${events}/${id}?purge=true`);
    expect((await read()).status).toBe(404);
  });

  test('PATCH and DELETE of an occurrence leave the others alone', async () => {
    await add({ ...EVENT, recurrence: DAILY });
    const [first, second] = await listed();
    await harness.control('PATCH', `${events}/${first.id}`, { subject: 'Own', start: '2026-11-05T09:00:00Z' });
    await harness.control('DELETE', `${events}/${second.id}`);

    expect(await listed()).toMatchObject([
      { type: 'occurrence', subject: 'Visit', start: '2026-11-04T09:00:00.000Z' },
      { type: 'exception', subject: 'Own', start: '2026-11-05T09:00:00.000Z', id: first.id },
    ]);
  });

  test('an event that ends before it starts is taken, because tests need bad ones', async () => {
    const id = await add({ ...EVENT, end: '2026-11-02T08:00:00Z' });

    expect(await listed()).toMatchObject([{ id, end: '2026-11-02T08:00:00.000Z' }]);
  });

  test.each([
    [{ ...EVENT, end: undefined }, 'end'],
    [{ ...EVENT, start: 'tomorrow' }, 'start'],
    [{ ...EVENT, start: { dateTime: '2026-11-02T09:00:00', timeZone: 'Mars' } }, 'start.timeZone'],
    [{ ...EVENT, subjct: 'x' }, undefined],
    [{ ...EVENT, showAs: 'away' }, 'showAs'],
    [{ ...EVENT, recurrence: { ...DAILY, range: { type: 'endDate', startDate: '2026-11-02' } } }, 'recurrence.range'],
  ])('%j is refused with the name of what to mend', async (body, field) => {
    const answer = await harness.control('POST', events, body);

    expect([answer.status, answer.body.error.field]).toEqual([400, field]);
  });

  test('unknown people and events are not found', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await harness.control('POST', events.replace(user, unknown), EVENT)).status).toBe(404);
    expect((await harness.control('GET', events.replace(user, unknown))).status).toBe(404);
    expect((await harness.control('DELETE', `${events}/nothing`)).status).toBe(404);
    expect((await harness.control('PATCH', `${events}/nothing`, {})).status).toBe(400);
  });
});

describe('limits', () => {
  const slowly = (times: number) =>
    harness.control('POST', '/faults', { match: { path: 'calendarView' }, times, action: { delayMs: 150 } });

  test('a fifth request open at one mailbox is refused, at the calendar as elsewhere', async () => {
    await slowly(5);
    const asked = Array.from({ length: 5 }, () => harness.graph('GET', `/users/${user}/calendarView?${WINDOW}`));
    const answers = await Promise.all(asked);

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map(({ body }) => [body.error.code, body.error.message])).toEqual([
      ['ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'],
    ]);
  });

  test('a batch keeps to four at a time in one mailbox', async () => {
    await slowly(6);
    const requests = Array.from({ length: 6 }, (_, index) => ({
      ...{ id: String(index), method: 'GET', url: `/users/${user}/calendarView?${WINDOW}` },
    }));
    const { responses } = (await harness.graph('POST', '/$batch', { requests })).body;

    expect(responses.map(({ status }: { status: number }) => status)).toEqual(Array(6).fill(200));
  });

  test('without Calendars.Read the calendar is closed', async () => {
    const closed = await startHarness({ tenants: [{ people: 5, groups: 1, consentedRoles: ['User.Read.All'] }] });
    const [person] = (await closed.graph('GET', '/users')).body.value;
    const { status, body } = await closed.graph('GET', `/users/${person.id}/calendarView?${WINDOW}`);
    await closed.close();

    expect([status, body.error.code]).toEqual([403, 'ErrorAccessDenied']);
  });
});
