import type { CalendarTime, NewEvent, Recurrence } from '../../../src/simulator/world/calendar/calendar-types.js';
import { utcTime } from '../../../src/simulator/world/calendar/wall-time.js';
import { createWorld } from '../../../src/simulator/world/create-world.js';
import { aDirectory } from './directory-client.js';

function aCalendar() {
  const { tenant, world, call } = aDirectory();
  const user = [...tenant.view().users()].find(({ mailbox }) => typeof mailbox === 'object')?.id ?? '';
  const { calendars } = tenant;
  const between = (from: string, to: string, zone = 'UTC') =>
    calendars.view(user).between({ fromMs: Date.parse(from), toMs: Date.parse(to), zone });
  return {
    ...{ calendars, user, between, world, tenant, call },
    add: (event: NewEvent) => calendars.createEvent(user, event).eventId,
    starts: (from: string, to: string) => between(from, to).map(({ content }) => instantOf(content.start)),
  };
}

/** Through the Date of Intl, so that no code of ours is asked. */
function instantOf({ dateTime, timeZone }: CalendarTime): string {
  const wanted = Date.parse(`${dateTime}Z`);
  for (let offset = -14 * 60; offset <= 14 * 60; offset += 15) {
    const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    const at = new Date(wanted - offset * 60_000);
    if (parts.format(at).replace(' ', 'T') === dateTime.slice(0, 19)) return at.toISOString().slice(0, 16);
  }
  throw new Error(`${dateTime} is not in ${timeZone}`);
}

const at = (dateTime: string, timeZone: string): CalendarTime => ({ dateTime, timeZone });
const weekly = (startDate: string, more: Partial<Recurrence['pattern']> = {}): Recurrence => ({
  pattern: { type: 'weekly', interval: 1, ...more },
  range: { type: 'noEnd', startDate },
});
const daily = (startDate: string, range: Partial<Recurrence['range']>): Recurrence => ({
  pattern: { type: 'daily', interval: 1 },
  range: { type: 'noEnd', startDate, ...range },
});

test.each([
  ['New Zealand Standard Time', '2026-09-21', ['2026-09-20T21:00', '2026-09-27T20:00']],
  ['Pacific/Auckland', '2026-09-21', ['2026-09-20T21:00', '2026-09-27T20:00']],
  ['Pacific/Auckland', '2026-03-30', ['2026-03-29T20:00', '2026-04-05T21:00']],
  ['GMT Standard Time', '2026-03-23', ['2026-03-23T09:00', '2026-03-30T08:00']],
  ['Europe/London', '2026-10-19', ['2026-10-19T08:00', '2026-10-26T09:00']],
  ['Eastern Standard Time', '2026-03-02', ['2026-03-02T14:00', '2026-03-09T13:00']],
  ['America/New_York', '2026-10-26', ['2026-10-26T13:00', '2026-11-02T14:00']],
  ['Lord Howe Standard Time', '2026-09-28', ['2026-09-27T22:30', '2026-10-04T22:00']],
])('09:00 in %s stays 09:00 across the clock change after %s', async (zone, date, instants) => {
  const { add, user, call } = aCalendar();
  add({ start: at(`${date}T09:00:00`, zone), end: at(`${date}T10:30:00`, zone), recurrence: weekly(date) });

  const window = `startDateTime=${date}T00:00:00%2B14:00&endDateTime=${instants[1]}:01Z`;
  const { body } = await call(`/users/${user}/calendarView?${window}`);
  expect(body.value.map((event: { start: CalendarTime }) => event.start.dateTime)).toEqual(
    instants.map((instant) => `${instant}:00.0000000`),
  );
});

test('an occurrence across a clock change ends when the wall clock says so', () => {
  const { add, between } = aCalendar();
  const zone = 'Pacific/Auckland';
  add({
    ...{ start: at('2026-09-25T22:00:00', zone), end: at('2026-09-26T06:00:00', zone) },
    recurrence: daily('2026-09-25', { type: 'numbered', numberOfOccurrences: 3 }),
  });

  const spans = between('2026-09-20T00:00:00Z', '2026-10-01T00:00:00Z').map(
    ({ content }) =>
      (Date.parse(instantOf(content.end).concat('Z')) - Date.parse(instantOf(content.start).concat('Z'))) / 3_600_000,
  );
  expect(spans).toEqual([8, 7, 8]);
});

test.each<[string, Recurrence, string[]]>([
  [
    'daily every second day',
    {
      pattern: { type: 'daily', interval: 2 },
      range: { type: 'numbered', startDate: '2026-11-02', numberOfOccurrences: 3 },
    },
    ['02', '04', '06'],
  ],
  [
    'daily until a date, which counts',
    daily('2026-11-02', { type: 'endDate', endDate: '2026-11-04' }),
    ['02', '03', '04'],
  ],
  [
    'weekly on the weekday it starts',
    { ...weekly('2026-11-03'), range: { type: 'endDate', startDate: '2026-11-03', endDate: '2026-11-17' } },
    ['03', '10', '17'],
  ],
  [
    'weekly on two days',
    {
      ...weekly('2026-11-03', { daysOfWeek: ['monday', 'thursday'] }),
      range: { type: 'numbered', startDate: '2026-11-03', numberOfOccurrences: 3 },
    },
    ['05', '09', '12'],
  ],
  [
    'every second week, weeks from Sunday',
    {
      ...weekly('2026-11-05', { interval: 2, daysOfWeek: ['sunday', 'thursday'] }),
      range: { type: 'numbered', startDate: '2026-11-05', numberOfOccurrences: 3 },
    },
    ['05', '15', '19'],
  ],
  ['until before it begins', daily('2026-11-02', { type: 'endDate', endDate: '2026-11-01' }), []],
])('a series is expanded: %s', (_name, recurrence, days) => {
  const { add, starts } = aCalendar();
  const date = recurrence.range.startDate;
  add({ start: at(`${date}T09:00:00`, 'UTC'), end: at(`${date}T10:00:00`, 'UTC'), recurrence });

  expect(starts('2026-10-01T00:00:00Z', '2026-12-01T00:00:00Z')).toEqual(days.map((day) => `2026-11-${day}T09:00`));
});

function aSeries() {
  const calendar = aCalendar();
  const series = calendar.add({
    ...{ subject: 'Round', start: at('2026-11-02T09:00:00', 'UTC'), end: at('2026-11-02T10:00:00', 'UTC') },
    recurrence: daily('2026-11-02', { type: 'numbered', numberOfOccurrences: 4 }),
  });
  const all = () => calendar.between('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
  return { ...calendar, series, all };
}

test('a moved occurrence keeps its id and its original start, and is found where it went', () => {
  const { calendars, user, series, all, between } = aSeries();
  const second = all()[1];
  calendars.updateEvent(user, second?.id ?? '', {
    ...{ start: at('2026-12-24T09:00:00', 'UTC'), end: at('2026-12-24T10:00:00', 'UTC') },
  });

  expect(all().map(({ type }) => type)).toEqual(['occurrence', 'occurrence', 'occurrence', 'exception']);
  const [moved] = between('2026-12-24T00:00:00Z', '2026-12-25T00:00:00Z');
  expect(moved).toMatchObject({
    ...{ id: second?.id, iCalUId: second?.iCalUId, seriesMasterId: series, content: { subject: 'Round' } },
    originalStart: { dateTime: '2026-11-03T09:00:00' },
  });
  expect(moved?.changeKey).not.toBe(second?.changeKey);
  expect(between('2026-11-03T00:00:00Z', '2026-11-04T00:00:00Z')).toEqual([]);
});

test('a deleted occurrence is gone alone, and cannot be edited any more', () => {
  const { calendars, user, series, all } = aSeries();
  const third = all()[2]?.id ?? '';
  const change = calendars.deleteEvent(user, third);

  expect(change).toMatchObject({ changeType: 'deleted', eventId: third, seriesMasterId: series });
  expect(all()).toHaveLength(3);
  expect(calendars.view(user).find(third)).toBeUndefined();
  expect(() => calendars.updateEvent(user, third, { subject: 'x' })).toThrow('event');
});

test('occurrences differ in id and iCalUId; copies in other mailboxes share the iCalUId', () => {
  const { calendars, tenant, user, all, series } = aSeries();
  expect(new Set(all().map(({ id }) => id)).size).toBe(4);
  expect(new Set(all().map(({ iCalUId }) => iCalUId)).size).toBe(4);
  const { iCalUId } = calendars.view(user).find(series) ?? { iCalUId: '' };
  const other = [...tenant.view().users()].find(({ id, mailbox }) => id !== user && typeof mailbox === 'object');
  const copy = calendars.createEvent(other?.id ?? '', { start: utcTime(0), end: utcTime(1), iCalUId });

  expect(copy.eventId).not.toBe(series);
  expect(calendars.view(other?.id ?? '').find(copy.eventId)?.iCalUId).toBe(iCalUId);
});

test('new times for a series undo what was moved and deleted in it; another subject does not', () => {
  const { calendars, user, series, all } = aSeries();
  calendars.deleteEvent(user, all()[0]?.id ?? '');
  calendars.updateEvent(user, all()[0]?.id ?? '', { subject: 'Own' });
  calendars.updateEvent(user, series, { subject: 'All' });
  expect(all().map(({ content }) => content.subject)).toEqual(['Own', 'All', 'All']);

  calendars.updateEvent(user, series, { start: at('2026-11-02T08:00:00', 'UTC') });
  expect(all().map(({ content }) => content.subject)).toEqual(['All', 'All', 'All', 'All']);
});

test('each edit gives another version', () => {
  const { calendars, user, series } = aSeries();
  const keys = [1, 2, 3].map(() => calendars.updateEvent(user, series, { subject: 'Same' }).changeKey);

  expect(new Set(keys).size).toBe(3);
});

test('an all-day event is on its dates in whatever zone it is looked at', () => {
  const { add, between } = aCalendar();
  add({ isAllDay: true, start: at('2026-11-03T00:00:00', 'UTC'), end: at('2026-11-04T00:00:00', 'UTC') });

  const [start, end] = ['2026-11-02T11:00:00Z', '2026-11-02T12:00:00Z'];
  expect(between(start, end, 'Pacific/Auckland')).toHaveLength(1);
  expect(between(start, end, 'UTC')).toHaveLength(0);
});

test('a calendar can be seen as it was', () => {
  const { calendars, user, world, add } = aCalendar();
  const id = add({ subject: 'Before', start: utcTime(0), end: utcTime(1) });
  world.clock.advance(60_000);
  calendars.updateEvent(user, id, { subject: 'After' });

  expect(calendars.view(user, 30_000).find(id)?.content.subject).toBe('Before');
  expect(calendars.view(user).find(id)?.content.subject).toBe('After');
});

test('an unknown zone, user, mailbox or event is refused', () => {
  const { calendars, user, tenant } = aCalendar();
  const event = { start: utcTime(0), end: utcTime(1) };
  const without = [...tenant.view().users()].find(({ mailbox }) => mailbox === 'none')?.id ?? '';
  expect(() => calendars.createEvent(user, { ...event, start: at('2026-11-03T00:00:00', 'Mars') })).toThrow('Mars');
  expect(() => calendars.createEvent(without, event)).toThrow('no mailbox');
  expect(() => calendars.createEvent('nobody', event)).toThrow('live user');
  expect(() => calendars.deleteEvent(user, 'nothing')).toThrow('event');
});

test('people have no events unless asked for, and then the same for the same seed', () => {
  const clock = { nowMs: () => Date.UTC(2026, 10, 23, 9) };
  const seeded = (eventsPerPerson: number) => {
    const world = createWorld({ seed: 3, clock, tenants: [{ people: 12, groups: 1, eventsPerPerson }] });
    const [tenant] = world.tenants.values();
    return [...(tenant?.view().users() ?? [])].map(({ id }) => tenant?.calendars.view(id).all());
  };
  expect(seeded(0).flat()).toEqual([]);
  expect(seeded(5).flat().length).toBeGreaterThanOrEqual(50);
  expect(seeded(5)).toEqual(seeded(5));
});
