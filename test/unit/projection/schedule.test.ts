import { nextInstant, nextInstants, type RunSchedule } from '../../../src/projection/schedule.js';

function aSchedule(schedule: Partial<RunSchedule> = {}): RunSchedule {
  return { frequency: 'daily', dayOfWeek: 0, dayOfMonth: 1, time: '02:30', zone: 'Pacific/Auckland', ...schedule };
}

function runs(schedule: Partial<RunSchedule>, from: string, count: number): string[] {
  return nextInstants(aSchedule(schedule), new Date(from), count).map((at) =>
    at.toISOString().replace(':00.000Z', 'Z'),
  );
}

/** The vectors of the schedule: computed with Python's zoneinfo. */
test.each([
  ['an ordinary night', 'Pacific/Auckland', '02:30', '2026-09-25T00:00Z', '2026-09-25T14:30Z'],
  ['E64: a gap from 02:00 to 03:00', 'Pacific/Auckland', '02:30', '2026-09-26T00:00Z', '2026-09-26T14:30Z'],
  ['E64: the night after a gap', 'Pacific/Auckland', '02:30', '2026-09-27T00:00Z', '2026-09-27T13:30Z'],
  ['the night before a repeated hour', 'Pacific/Auckland', '02:30', '2026-04-03T00:00Z', '2026-04-03T13:30Z'],
  ['E65: a repeated hour, at its first', 'Pacific/Auckland', '02:30', '2026-04-04T00:00Z', '2026-04-04T13:30Z'],
  ['E65: not again at its second', 'Pacific/Auckland', '02:30', '2026-04-04T13:30Z', '2026-04-05T14:30Z'],
  ['E64: a gap in Europe', 'Europe/London', '01:30', '2026-03-28T12:00Z', '2026-03-29T01:30Z'],
])('%s', (_name, zone, time, from, run) => {
  expect(runs({ zone, time }, from, 1)).toEqual([run]);
});

test('E64: a skipped hour shifts forward by the gap, once, and the day after is as ever', () => {
  expect(runs({}, '2026-09-24T20:00:00Z', 3)).toEqual(['2026-09-25T14:30Z', '2026-09-26T14:30Z', '2026-09-27T13:30Z']);
  expect(runs({ time: '01:30', zone: 'Europe/London' }, '2026-03-28T12:00:00Z', 2)).toEqual([
    '2026-03-29T01:30Z',
    '2026-03-30T00:30Z',
  ]);
});

test('E65: a repeated hour runs at its first occurrence only', () => {
  expect(runs({}, '2026-04-03T00:00:00Z', 3)).toEqual(['2026-04-03T13:30Z', '2026-04-04T13:30Z', '2026-04-05T14:30Z']);
  expect(runs({}, '2026-04-04T13:30:00Z', 1)).toEqual(['2026-04-05T14:30Z']);
  expect(runs({}, '2026-04-04T14:00:00Z', 1)).toEqual(['2026-04-05T14:30Z']);
});

test('E63: day 31 runs on the last day of shorter months and is remembered', () => {
  expect(runs({ frequency: 'monthly', dayOfMonth: 31, time: '03:00' }, '2027-01-15T00:00:00Z', 4)).toEqual([
    '2027-01-30T14:00Z',
    '2027-02-27T14:00Z',
    '2027-03-30T14:00Z',
    '2027-04-29T15:00Z',
  ]);
});

test('E63: day 29 runs on 29 February in a leap year', () => {
  const monthly = { frequency: 'monthly', dayOfMonth: 29, time: '12:00', zone: 'UTC' } as const;
  expect(runs(monthly, '2028-02-01T00:00:00Z', 1)).toEqual(['2028-02-29T12:00Z']);
  expect(runs(monthly, '2027-02-01T00:00:00Z', 2)).toEqual(['2027-02-28T12:00Z', '2027-03-29T12:00Z']);
});

test.each([
  [0, '2026-11-22T02:30Z'],
  [1, '2026-11-23T02:30Z'],
  [5, '2026-11-20T02:30Z'],
  [6, '2026-11-21T02:30Z'],
])('E62: weekly on day %i, Sunday being 0', (dayOfWeek, run) => {
  expect(runs({ frequency: 'weekly', dayOfWeek, zone: 'UTC' }, '2026-11-19T12:00:00Z', 1)).toEqual([run]);
});

test('E61, E62: the weekday is that of the zone', () => {
  expect(runs({ frequency: 'weekly', dayOfWeek: 1, time: '00:15' }, '2026-11-19T12:00:00Z', 2)).toEqual([
    '2026-11-22T11:15Z',
    '2026-11-29T11:15Z',
  ]);
});

test('E62: the next instant is strictly later', () => {
  expect(runs({ zone: 'UTC' }, '2026-05-05T02:30:00Z', 1)).toEqual(['2026-05-06T02:30Z']);
  expect(runs({ zone: 'UTC' }, '2026-05-05T02:29:59.999Z', 1)).toEqual(['2026-05-05T02:30Z']);
});

test('a day that a country left out is not run twice', () => {
  expect(runs({ zone: 'Pacific/Apia', time: '09:00' }, '2011-12-29T00:00:00Z', 3)).toEqual([
    '2011-12-29T19:00Z',
    '2011-12-30T19:00Z',
    '2011-12-31T19:00Z',
  ]);
});

test('E64: half-hour changes of the clock are shifted by half an hour', () => {
  expect(runs({ zone: 'Australia/Lord_Howe', time: '02:15' }, '2026-10-03T00:00:00Z', 1)).toEqual([
    '2026-10-03T15:45Z',
  ]);
});

test.each([
  [{ zone: 'Mars/Olympus' }, 'zone'],
  [{ zone: '+13:00' }, 'zone'],
  [{ zone: '' }, 'zone'],
  [{ time: '24:00' }, 'time'],
  [{ time: '25:00' }, 'time'],
  [{ time: '02:60' }, 'time'],
  [{ time: '2:30' }, 'time'],
])('%j is refused', (schedule, field) => {
  expect(() => nextInstant(aSchedule(schedule), new Date(0))).toThrow(expect.objectContaining({ field }));
});
