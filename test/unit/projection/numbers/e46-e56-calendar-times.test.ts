import { eventOf, type RawEvent } from '../../../../src/projection/calendar/event-of.js';
import { windowOf } from '../../../../src/projection/calendar/horizon.js';
import { anEvent, aRawEvent, utc } from '../calendar/a-calendar.js';

function occurrence(parts: RawEvent = {}): RawEvent {
  return {
    ...aRawEvent(),
    type: 'occurrence',
    seriesMasterId: 'master',
    originalStart: '2026-09-21T10:00:00Z',
    ...parts,
  };
}

test('E46: the master of a series is no event', () => {
  expect(eventOf(aRawEvent({ type: 'seriesMaster' }))).toBeNull();
});

test('E46: an occurrence is known by its series and its start before any move, and stays so when it is moved', () => {
  const key = 'uid-1|2026-09-21T10:00:00.000Z';
  expect(anEvent(occurrence()).key).toBe(key);
  const moved = { start: utc('2026-09-23T08:00:00'), end: utc('2026-09-23T09:00:00') };
  expect(anEvent(occurrence({ ...moved, type: 'exception' })).key).toBe(key);
  expect(anEvent(occurrence({ originalStart: '2026-09-21T22:00:00.0000000+12:00' })).key).toBe(key);
});

test.each([
  ['a single event by iCalUId', { originalStart: '2026-09-21T10:00:00Z', type: 'singleInstance' }, 'uid-1'],
  [
    'an occurrence that does not tell its start by where it is',
    { originalStart: null },
    'uid-1|2026-09-21T10:00:00.000Z',
  ],
  ['an exception that does not tell it by its id', { type: 'exception', originalStart: null }, 'uid-1|event-1'],
  ['whatever has no iCalUId by its id', { iCalUId: null }, 'event-1'],
  ['an occurrence without its master as any other', { seriesMasterId: null }, 'uid-1|2026-09-21T10:00:00.000Z'],
])('E46: %s is known', (_what, parts, key) => {
  expect(anEvent(occurrence(parts)).key).toBe(key);
});

test('E46: what does not tell its type is an occurrence where it has a master', () => {
  expect(anEvent({ type: null, seriesMasterId: 'master' }).type).toBe('occurrence');
  expect(anEvent({ type: null }).type).toBe('singleInstance');
});

/** 09:00 on the wall, the day before and the day of each change of the clock: UTC as zdump of the tz database has it. */
const NINE = [
  ['Pacific/Auckland', 'New Zealand Standard Time', '2026-04-04', '2026-04-03T20:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2026-04-05', '2026-04-04T21:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2026-09-21', '2026-09-20T21:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2026-09-26', '2026-09-25T21:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2026-09-27', '2026-09-26T20:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2026-09-28', '2026-09-27T20:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2027-04-03', '2027-04-02T20:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2027-04-04', '2027-04-03T21:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2027-09-25', '2027-09-24T21:00'],
  ['Pacific/Auckland', 'New Zealand Standard Time', '2027-09-26', '2027-09-25T20:00'],
  ['Europe/London', 'GMT Standard Time', '2026-03-28', '2026-03-28T09:00'],
  ['Europe/London', 'GMT Standard Time', '2026-03-29', '2026-03-29T08:00'],
  ['Europe/London', 'GMT Standard Time', '2026-10-24', '2026-10-24T08:00'],
  ['Europe/London', 'GMT Standard Time', '2026-10-25', '2026-10-25T09:00'],
  ['Europe/London', 'GMT Standard Time', '2027-03-27', '2027-03-27T09:00'],
  ['Europe/London', 'GMT Standard Time', '2027-03-28', '2027-03-28T08:00'],
  ['Europe/London', 'GMT Standard Time', '2027-10-30', '2027-10-30T08:00'],
  ['Europe/London', 'GMT Standard Time', '2027-10-31', '2027-10-31T09:00'],
  ['America/New_York', 'Eastern Standard Time', '2026-03-07', '2026-03-07T14:00'],
  ['America/New_York', 'Eastern Standard Time', '2026-03-08', '2026-03-08T13:00'],
  ['America/New_York', 'Eastern Standard Time', '2026-10-31', '2026-10-31T13:00'],
  ['America/New_York', 'Eastern Standard Time', '2026-11-01', '2026-11-01T14:00'],
  ['America/New_York', 'Eastern Standard Time', '2027-03-13', '2027-03-13T14:00'],
  ['America/New_York', 'Eastern Standard Time', '2027-03-14', '2027-03-14T13:00'],
  ['America/New_York', 'Eastern Standard Time', '2027-11-06', '2027-11-06T13:00'],
  ['America/New_York', 'Eastern Standard Time', '2027-11-07', '2027-11-07T14:00'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2026-04-04', '2026-04-03T22:00'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2026-04-05', '2026-04-04T22:30'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2026-10-03', '2026-10-02T22:30'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2026-10-04', '2026-10-03T22:00'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2027-04-03', '2027-04-02T22:00'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2027-04-04', '2027-04-03T22:30'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2027-10-02', '2027-10-01T22:30'],
  ['Australia/Lord_Howe', 'Lord Howe Standard Time', '2027-10-03', '2027-10-02T22:00'],
] as const;

test.each(NINE)('E56: nine in the morning in %s (%s) on %s is %sZ', (iana, windows, date, instant) => {
  for (const timeZone of [iana, windows]) {
    const { start, end } = anEvent(
      occurrence({
        start: { dateTime: `${date}T09:00:00.0000000`, timeZone },
        end: { dateTime: `${date}T10:00:00.0000000`, timeZone },
      }),
    );
    expect(start).toBe(`${instant}:00.000Z`);
    expect(Date.parse(end) - Date.parse(start)).toBe(3_600_000);
  }
});

test.each([
  ['2026-09-27T02:30:00', '2026-09-26T14:30:00.000Z', 'skipped by the change of the clock: as long after it'],
  ['2026-04-05T02:30:00', '2026-04-04T13:30:00.000Z', 'there twice: the first of them'],
])('E56: %s in Auckland is %s, %s', (dateTime, start) => {
  const timeZone = 'Pacific/Auckland';
  expect(anEvent({ start: { dateTime, timeZone } }).start).toBe(start);
});

test.each(['UTC', 'utc', 'Etc/UTC', 'Etc/GMT', 'Greenwich Standard Time'])(
  "E55: ten o'clock in the zone %j is 10:00Z",
  (timeZone) => {
    expect(anEvent({ start: { dateTime: '2026-09-21T10:00:00.1234567', timeZone } }).start).toBe(
      '2026-09-21T10:00:00.123Z',
    );
  },
);

test.each(['tzone://Microsoft/Custom', 'Customized Time Zone', '+13:00', 'Nowhere/At_All'])(
  'E55: an event in the zone %j is unreadable rather than at a wrong time',
  (timeZone) => {
    expect(eventOf(aRawEvent({ end: { dateTime: '2026-09-21T11:00:00', timeZone } }))).toEqual({
      ...{ id: 'event-1', unreadable: `end.timeZone "${timeZone}" is not known` },
    });
  },
);

test('E55: a time that says its own offset is that instant', () => {
  const start = { dateTime: '2026-09-21T10:00:00+12:00', timeZone: 'UTC' };
  expect(anEvent({ start }).start).toBe('2026-09-20T22:00:00.000Z');
});

test.each([
  ['daily', '2026-09-20T12:00:00.000Z', '2026-10-04T11:00:00.000Z'],
  ['weekly', '2026-09-20T12:00:00.000Z', '2026-10-11T11:00:00.000Z'],
  ['monthly', '2026-09-20T12:00:00.000Z', '2026-11-21T11:00:00.000Z'],
] as const)('E54: with a %s sync the calendar of Auckland is read from %s to %s', (frequency, from, to) => {
  const now = new Date('2026-09-20T20:15:00Z');
  const window = windowOf({ frequency, zone: 'Pacific/Auckland', now });
  expect([window.from.toISOString(), window.to.toISOString()]).toEqual([from, to]);
});

test('E54: today is the day in the zone of the schedule', () => {
  const now = new Date('2026-09-20T11:59:59Z');
  expect(windowOf({ frequency: 'daily', zone: 'Pacific/Auckland', now }).from.toISOString()).toBe(
    '2026-09-19T12:00:00.000Z',
  );
  expect(windowOf({ frequency: 'daily', zone: 'America/New_York', now }).from.toISOString()).toBe(
    '2026-09-20T04:00:00.000Z',
  );
});
