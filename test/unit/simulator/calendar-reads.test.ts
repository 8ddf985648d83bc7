import type { NewEvent } from '../../../src/simulator/world/calendar/calendar-types.js';
import { aDirectory, allPages, ROOT } from './directory-client.js';

const WEEK = 'startDateTime=2026-11-02T00:00:00Z&endDateTime=2026-11-09T00:00:00Z';

function aMailbox() {
  const { tenant, call, world } = aDirectory();
  const people = [...tenant.view().users()];
  const user = people.find(({ mailbox }) => typeof mailbox === 'object')?.id ?? '';
  const add = (event: Partial<NewEvent> = {}) =>
    tenant.calendars.createEvent(user, { start: utc('2026-11-02T09:00:00'), end: utc('2026-11-02T10:00:00'), ...event })
      .eventId;
  return { ...{ tenant, call, world, user, people, add }, view: `/users/${user}/calendarView?${WEEK}` };
}

const utc = (dateTime: string) => ({ dateTime, timeZone: 'UTC' });
const DAILY: Partial<NewEvent> = {
  recurrence: { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2026-11-02' } },
};

test('calendarView shows occurrences and single events in UTC, the earliest first', async () => {
  const { add, call, view } = aMailbox();
  const series = add({ ...DAILY, subject: 'Round' });
  const single = add({ subject: 'Early', start: utc('2026-11-02T07:00:00'), end: utc('2026-11-02T07:30:00') });
  const { status, body } = await call(`${view}&$top=3`);

  expect(status).toBe(200);
  expect(body.value).toMatchObject([
    { id: single, type: 'singleInstance', subject: 'Early', seriesMasterId: null, recurrence: null },
    {
      ...{ type: 'occurrence', subject: 'Round', seriesMasterId: series, originalStart: '2026-11-02T09:00:00Z' },
      start: { dateTime: '2026-11-02T09:00:00.0000000', timeZone: 'UTC' },
    },
    { start: { dateTime: '2026-11-03T09:00:00.0000000' } },
  ]);
  expect(body.value[0]['@odata.etag']).toBe(`W/"${body.value[0].changeKey}"`);
});

test('pages follow each other by an absolute nextLink until the window is told', async () => {
  const { add, call, view } = aMailbox();
  add(DAILY);
  const first = (await call(`${view}&$top=3&$select=subject`)).body;
  expect(first['@odata.nextLink']).toContain(`${ROOT}/users/`);
  expect(first['@odata.nextLink']).toContain('$skip=3');

  const pages = await allPages(call, `${view}&$top=3&$select=subject`);
  expect(pages.map((page) => page.value.length)).toEqual([3, 3, 1]);
  expect(new Set(pages.flatMap((page) => page.value).map(({ id }) => id)).size).toBe(7);
});

test('without $top ten events make a page', async () => {
  const { add, call, view } = aMailbox();
  for (let index = 0; index < 11; index += 1) add();

  expect((await call(view)).body.value).toHaveLength(10);
});

test('$select leaves the id, the etag and what was asked for', async () => {
  const { add, call, view } = aMailbox();
  add({ subject: 'Round' });

  const { value } = (await call(`${view}&$select=subject,showAs`)).body;
  expect(Object.keys(value[0]).sort()).toEqual(['@odata.etag', 'id', 'showAs', 'subject']);
});

test.each(['New Zealand Standard Time', 'Pacific/Auckland'])('times come in %s where preferred', async (zone) => {
  const { add, call, view } = aMailbox();
  add();
  const { body, headers } = await call(view, { headers: { prefer: `outlook.timezone="${zone}"` } });

  expect(body.value[0].start).toEqual({ dateTime: '2026-11-02T22:00:00.0000000', timeZone: zone });
  expect(headers['Preference-Applied']).toBe(`outlook.timezone="${zone}"`);
});

test('an all-day event keeps its dates in every zone', async () => {
  const { add, call, view } = aMailbox();
  const time = (dateTime: string) => ({ dateTime, timeZone: 'America/New_York' });
  add({ isAllDay: true, start: time('2026-11-03T00:00:00'), end: time('2026-11-04T00:00:00') });
  for (const prefer of ['outlook.timezone="UTC"', 'outlook.timezone="Romance Standard Time"']) {
    const [event] = (await call(view, { headers: { prefer } })).body.value;
    expect([event.start.dateTime, event.end.dateTime]).toEqual([
      '2026-11-03T00:00:00.0000000',
      '2026-11-04T00:00:00.0000000',
    ]);
  }
});

test('offsets of the window count, and its end is exclusive', async () => {
  const { add, call, user } = aMailbox();
  add();
  const found = async (from: string, to: string) =>
    (await call(`/users/${user}/calendarView?startDateTime=${from}&endDateTime=${to}`)).body.value.length;

  expect(await found('2026-11-02T22:59:00%2B13:00', '2026-11-02T23:00:00%2B13:00')).toBe(1);
  expect(await found('2026-11-02T23:00:00%2B13:00', '2026-11-02T23:30:00%2B13:00')).toBe(0);
  expect(await found('2026-11-02T08:00:00', '2026-11-02T09:00:00')).toBe(0);
});

test.each([
  ['', 'ErrorInvalidParameter'],
  ['startDateTime=2026-11-02T00:00:00Z', 'ErrorInvalidParameter'],
  ['startDateTime=yesterday&endDateTime=2026-11-09T00:00:00Z', 'ErrorInvalidParameter'],
  ['startDateTime=2026-11-02&endDateTime=2026-11-01', 'ErrorCalendarEndDateIsEarlierThanStartDate'],
  ['startDateTime=2016-11-02&endDateTime=2026-11-01', 'ErrorCalendarViewRangeTooBig'],
  [`${WEEK}&$top=1001`, 'ErrorInvalidParameter'],
  [`${WEEK}&$top=0`, 'ErrorInvalidParameter'],
  [`${WEEK}&$filter=x`, 'Request_UnsupportedQuery'],
  [`${WEEK}&$select=id,createdDateTime`, 'RequestBroker--ParseUri'],
  [`${WEEK}&$select=nonsense`, 'RequestBroker--ParseUri'],
])('calendarView?%s is refused with %s', async (query, code) => {
  const { call, user } = aMailbox();

  const { status, body } = await call(`/users/${user}/calendarView?${query}`);
  expect([status, body.error.code]).toEqual([400, code]);
});

test('a zone that nobody knows is refused', async () => {
  const { call, view } = aMailbox();

  const { status, body } = await call(view, { headers: { prefer: 'outlook.timezone="Mars"' } });
  expect([status, body.error.code]).toEqual([400, 'TimeZoneNotSupportedException']);
});

test('single events, series, occurrences and exceptions can be read by id', async () => {
  const { add, call, user, view, tenant } = aMailbox();
  const ids = [add(), add({ ...DAILY, start: utc('2026-11-02T08:00:00') })];
  const occurrence = (await call(view)).body.value[0].id;
  const read = async (id: string) => (await call(`/users/${user}/events/${id}`)).body;
  expect((await read(ids[0] ?? '')).type).toBe('singleInstance');
  expect(await read(ids[1] ?? '')).toMatchObject({ type: 'seriesMaster', recurrence: { range: { type: 'noEnd' } } });
  expect((await read(occurrence)).type).toBe('occurrence');
  tenant.calendars.updateEvent(user, occurrence, { subject: 'Moved' });

  expect(await read(occurrence)).toMatchObject({ type: 'exception', subject: 'Moved', seriesMasterId: ids[1] });
  const { value } = (await call(`/users/${user}/events`)).body;
  expect(value.map(({ id }: { id: string }) => id)).toEqual(ids);
});

test.each(['nothing', 'AAkALgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])('the unknown event %s is not found', async (id) => {
  const { call, user } = aMailbox();

  const { status, body } = await call(`/users/${user}/events/${id}`);
  expect([status, body.error.code]).toEqual([404, 'ErrorItemNotFound']);
});

test('what lies in Deleted Items or another calendar is found by its id alone, until it is purged', async () => {
  const { add, call, user, view, tenant } = aMailbox();
  const [deleted, purged, moved] = [add(), add(), add(DAILY)];
  const occurrence = (await call(`${view}&$top=20`)).body.value.at(-1).id;
  const read = async (id: string) => (await call(`/users/${user}/events/${id}`)).status;
  const listed = async () =>
    [...(await call(`${view}&$top=20`)).body.value, ...(await call(`/users/${user}/events`)).body.value].length;
  tenant.calendars.deleteEvent(user, deleted);
  tenant.calendars.deleteEvent(user, purged, { purge: true });
  const { changeType } = tenant.calendars.moveEvent(user, moved, 'other');
  expect(changeType).toBe('deleted');
  expect(await listed()).toBe(0);
  expect(await Promise.all([deleted, purged, moved, occurrence].map(read))).toEqual([200, 404, 200, 200]);
  expect(() => tenant.calendars.updateEvent(user, deleted, { subject: 'x' })).toThrow('event');

  tenant.calendars.deleteEvent(user, deleted);
  expect(await read(deleted)).toBe(404);
  expect(tenant.calendars.moveEvent(user, moved, 'default').changeType).toBe('created');
  expect(await listed()).toBe(8);
});

test('the id of an event in another mailbox is said to be no id of this one', async () => {
  const { call, user, people, tenant } = aMailbox();
  const other = people.find(({ id, mailbox }) => id !== user && typeof mailbox === 'object')?.id ?? '';
  const given = { start: utc('2026-11-02T09:00:00'), end: utc('2026-11-02T10:00:00') };
  const { eventId } = tenant.calendars.createEvent(other, given);
  const { status, body } = await call(`/users/${user}/events/${eventId}`);
  expect([status, body.error.code]).toEqual([404, 'ErrorInvalidMailboxItemId']);
});

test('people without mailbox, with a closed one or unknown answer as for mailbox settings', async () => {
  const { call, people, tenant, user } = aMailbox();
  const none = people.find(({ mailbox }) => mailbox === 'none')?.id;
  tenant.directory.updateUser(user, {}, 'blocked');
  const codes = await Promise.all(
    [none, user, 'nobody'].map(async (id) => {
      const { status, body } = await call(`/users/${id}/calendarView?${WEEK}`);
      return [status, body.error.code];
    }),
  );

  expect(codes).toEqual([
    [404, 'MailboxNotEnabledForRESTAPI'],
    [403, 'ErrorAccessDenied'],
    [404, 'ErrorInvalidUser'],
  ]);
});

describe('calendarView/delta', () => {
  const deltaOf = (user: string) => `/users/${user}/calendarView/delta?${WEEK}`;
  const endOf = (pages: readonly Record<string, unknown>[]) => String(pages.at(-1)?.['@odata.deltaLink']);

  test('a first round gives series with stripped occurrences, and single events whole', async () => {
    const { add, call, user } = aMailbox();
    add({ ...DAILY, subject: 'Round' });
    add({ subject: 'Single' });
    const items = (await allPages(call, deltaOf(user))).flatMap(({ value }) => value);

    expect(items.map(({ type }) => type)).toEqual(['seriesMaster', ...Array(7).fill('occurrence'), 'singleInstance']);
    expect(Object.keys(items[1]).sort()).toEqual(
      ['@odata.etag', '@odata.type', 'end', 'id', 'seriesMasterId', 'start', 'type'].sort(),
    );
  });

  test('later rounds tell what changed, what is gone, and what changed outside the window', async () => {
    const { add, call, user, tenant } = aMailbox();
    const [kept, gone, later] = [
      add(),
      add(),
      add({ start: utc('2027-01-01T09:00:00'), end: utc('2027-01-01T10:00:00') }),
    ];
    add({ subject: 'Untouched' });
    const link = endOf(await allPages(call, deltaOf(user)));
    tenant.calendars.updateEvent(user, kept, { subject: 'New' });
    tenant.calendars.updateEvent(user, later, { subject: 'Outside' });
    tenant.calendars.deleteEvent(user, gone);
    const pages = await allPages(call, link);

    const reason = { '@removed': { reason: 'deleted' } };
    const items = pages.flatMap(({ value }) => value);
    expect(items).toMatchObject([
      { id: kept, subject: 'New' },
      { id: later, ...reason },
      { id: gone, ...reason },
    ]);
    expect((await call(endOf(pages))).body.value).toEqual([]);
  });

  test('a deleted occurrence is not said: what is left of its series is sent again', async () => {
    const { add, call, user, tenant, view } = aMailbox();
    add(DAILY);
    const occurrence = (await call(view)).body.value[2].id;
    const link = endOf(await allPages(call, deltaOf(user)));
    tenant.calendars.deleteEvent(user, occurrence);

    const items = (await allPages(call, link)).flatMap(({ value }) => value);
    expect(items.filter(({ type }) => type === 'occurrence')).toHaveLength(6);
    expect(items.map(({ id }) => id)).not.toContain(occurrence);
  });

  test('odata.maxpagesize sets the size of pages, and a link made up is refused', async () => {
    const { add, call, user } = aMailbox();
    add(DAILY);
    const pages = await allPages(call, deltaOf(user), { headers: { prefer: 'odata.maxpagesize=3' } });

    expect(pages.map(({ value }) => value.length)).toEqual([3, 3, 2]);
    expect((await call(`/users/${user}/calendarView/delta?$deltatoken=x`)).status).toBe(400);
  });
});
