import { eventOf } from '../../../../src/projection/calendar/event-of.js';
import { anEvent, aRawEvent, decided, NOW, reasonsOf, utc } from '../calendar/a-calendar.js';

test('E43: a meeting of busy time that was organised or accepted becomes an activity with its name, place and times', () => {
  expect(decided()).toMatchObject({
    ...{ reasons: [], name: 'Visit the mill', destination: 'Mill Road 1' },
    start: new Date('2026-09-21T10:00:00Z'),
    finish: new Date('2026-09-21T11:00:00Z'),
  });
});

test.each(['busy', 'oof', 'workingElsewhere'])('E43: an event shown as %s counts as work', (showAs) => {
  expect(reasonsOf({ showAs })).toEqual([]);
});

test.each([
  ['accepted by the person', { isOrganizer: false, responseStatus: { response: 'accepted' } }],
  ['organised by the person', { isOrganizer: true, responseStatus: { response: 'none' } }],
  ['without any meeting', { isOrganizer: undefined, responseStatus: null }],
])('E43: an event %s counts', (_what, parts) => {
  expect(reasonsOf(parts)).toEqual([]);
});

test.each([
  ['free', { showAs: 'free' }, ['not_busy']],
  ['tentative', { showAs: 'tentative' }, ['not_busy']],
  ['of unknown time', { showAs: null }, ['not_busy']],
  ['accepted tentatively though shown as busy', { responseStatus: { response: 'tentativelyAccepted' } }, ['not_busy']],
  ['declined', { responseStatus: { response: 'declined' } }, ['declined']],
  ['not answered', { isOrganizer: false, responseStatus: { response: 'notResponded' } }, ['not_responded']],
  ['answered in a way we do not know', { responseStatus: { response: 'perhaps' } }, ['not_responded']],
])('E44: an event that is %s becomes no activity', (_what, parts, reasons) => {
  expect(reasonsOf(parts)).toEqual(reasons);
});

test('E44: where tentative counts as work, a tentative answer counts too', () => {
  const tentative = { showAs: 'tentative', responseStatus: { response: 'tentativelyAccepted' } };
  expect(reasonsOf(tentative, { rule: { showAs: ['tentative'] } })).toEqual([]);
});

test('E43: every reason that applies is told, in the order of the closed list', () => {
  const parts = {
    ...{ isCancelled: true, sensitivity: 'private', showAs: 'free', isAllDay: true },
    ...{ start: utc('2026-09-18T00:00:00'), end: utc('2026-09-20T00:00:00') },
    responseStatus: { response: 'declined' },
  };
  const context = { hasActivityType: false, rule: { include: 'keyword', values: ['mill'] } } as const;
  expect(reasonsOf(parts, context)).toEqual([
    ...['cancelled', 'private', 'declined', 'not_busy', 'all_day', 'too_long', 'past', 'rule', 'no_activity_type'],
  ]);
});

test('E43: what begins this very moment is past, what begins a second later is not', () => {
  const at = (ms: number) => ({ start: utc(new Date(NOW.getTime() + ms).toISOString().slice(0, 19)) });
  const end = utc('2026-09-20T13:00:00');
  expect(reasonsOf({ ...at(0), end })).toEqual(['past']);
  expect(reasonsOf({ ...at(1_000), end })).toEqual([]);
});

test.each([
  ['2026-09-21T10:04:59', ['too_short']],
  ['2026-09-21T10:05:00', []],
  ['2026-09-22T10:00:00', []],
  ['2026-09-22T10:00:01', ['too_long']],
  ['2026-09-21T10:00:00', ['too_short']],
  ['2026-09-21T09:00:00', ['too_short']],
])('E53: a meeting from 10:00 to %s has %j against it', (end, reasons) => {
  expect(reasonsOf({ end: utc(end) })).toEqual(reasons);
});

test('E53: nothing of no length becomes an activity, whatever the shortest is', () => {
  expect(reasonsOf({ end: utc('2026-09-21T10:00:00') }, { rule: { minMinutes: 0 } })).toEqual(['too_short']);
});

const ALL_DAY = { isAllDay: true, showAs: 'oof' };

test('E45: all-day events are left out unless they are wanted', () => {
  const day = { ...ALL_DAY, start: utc('2026-09-27T00:00:00'), end: utc('2026-09-28T00:00:00') };
  expect(reasonsOf(day)).toEqual(['all_day']);
  expect(reasonsOf(day, { rule: { allDay: true } })).toEqual([]);
});

test.each([
  ['Pacific/Auckland', '2026-09-27', '2026-09-26T12:00:00.000Z', 23],
  ['Pacific/Auckland', '2027-04-04', '2027-04-03T11:00:00.000Z', 25],
  ['Europe/London', '2026-10-25', '2026-10-24T23:00:00.000Z', 25],
  ['America/New_York', '2027-03-14', '2027-03-14T05:00:00.000Z', 23],
  ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
  ['Pacific/Kiritimati', '2026-12-25', '2026-12-24T10:00:00.000Z', 24],
  ['Pacific/Honolulu', '2026-12-25', '2026-12-25T10:00:00.000Z', 24],
  // Summer time begins at midnight there: the day begins at one o'clock.
  ['America/Santiago', '2027-09-05', '2027-09-05T04:00:00.000Z', 23],
])('E45: in %s the day %s begins at %s and has %s hours', (zone, date, start, hours) => {
  const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 19);
  const parts = { ...ALL_DAY, start: utc(`${date}T00:00:00`), end: utc(next) };
  const verdict = decided(parts, { zone, rule: { allDay: true } });
  expect(verdict.reasons).toEqual([]);
  expect(verdict.start.toISOString()).toBe(start);
  expect((verdict.finish.getTime() - verdict.start.getTime()) / 3_600_000).toBe(hours);
});

test('E45: the date of an all-day event floats: the zone it is told in moves it nowhere', () => {
  const told = (timeZone: string) => ({
    ...ALL_DAY,
    start: { dateTime: '2026-09-22T00:00:00.0000000', timeZone },
    end: { dateTime: '2026-09-23T00:00:00.0000000', timeZone },
  });
  const context = { zone: 'Pacific/Auckland', rule: { allDay: true } };
  expect(decided(told('Hawaiian Standard Time'), context).start).toEqual(decided(told('UTC'), context).start);
  expect(anEvent(told('UTC'))).toMatchObject({ start: '2026-09-22', end: '2026-09-23' });
});

test('E45: a wanted day is never too long, two days are unless longer ones are wanted', () => {
  const two = { ...ALL_DAY, start: utc('2026-09-22T00:00:00'), end: utc('2026-09-24T00:00:00') };
  const one = { ...two, end: utc('2026-09-23T00:00:00') };
  expect(reasonsOf(one, { rule: { allDay: true, maxMinutes: 600 } })).toEqual([]);
  expect(reasonsOf(two, { rule: { allDay: true } })).toEqual(['too_long']);
  expect(reasonsOf(two, { rule: { allDay: true, maxMinutes: 2 * 24 * 60 } })).toEqual([]);
});

test.each(['private', 'confidential', 'unheardOf'])(
  'E49: of a %s event nothing but its times is kept',
  (sensitivity) => {
    const parts = { sensitivity, categories: ['Doctor'] };
    expect(anEvent(parts)).toMatchObject({ subject: null, location: null, categories: [] });
    expect(reasonsOf(parts)).toEqual(['private']);
    expect(decided(parts, { rule: { private: true } })).toMatchObject({
      ...{ reasons: [], name: 'Private appointment', destination: null },
    });
  },
);

test('E49: a personal event is an event like others', () => {
  expect(decided({ sensitivity: 'personal' })).toMatchObject({ reasons: [], name: 'Visit the mill' });
});

test('E49: a private event is found by no category and no keyword', () => {
  const parts = { sensitivity: 'private', categories: ['Field'] };
  expect(reasonsOf(parts, { rule: { private: true, include: 'category', values: ['Field'] } })).toEqual(['rule']);
});

test.each([
  ['visit', []],
  ['VISIT', []],
  ['the  mill', []],
  ['vis', ['rule']],
  ['mil', ['rule']],
  ['visit mill', ['rule']],
])('E43: the keyword %j, as whole words of the subject, leaves %j against it', (value, reasons) => {
  expect(reasonsOf({}, { rule: { include: 'keyword', values: [value] } })).toEqual(reasons);
});

test.each([
  ['C++', 'Learn C++!'],
  ['(site)', 'On (Site) work'],
  ['māori hui', 'Ma\u0304ori  Hui'],
  ['会議', 'Teams会議 定例'],
  ['a-b', 'plan A-B.'],
])('E43: the keyword %j is found in %j', (value, subject) => {
  expect(reasonsOf({ subject }, { rule: { include: 'keyword', values: ['nothing', value] } })).toEqual([]);
});

test('E43: a category is one whole category, capitals apart', () => {
  const rule = { include: 'category', values: ['field WORK'] } as const;
  expect(reasonsOf({ categories: ['Blue', 'Field work'] }, { rule })).toEqual([]);
  expect(reasonsOf({ categories: ['Field'] }, { rule })).toEqual(['rule']);
  expect(reasonsOf({ categories: null, subject: 'Field work' }, { rule })).toEqual(['rule']);
});

test.each([
  ['any', [], []],
  ['only', [], ['rule']],
  ['never', ['rule'], []],
] as const)('E43: online meetings: %s', (online, ofOnline, ofOther) => {
  expect(reasonsOf({ isOnlineMeeting: true }, { rule: { online } })).toEqual(ofOnline);
  expect(reasonsOf({ isOnlineMeeting: false }, { rule: { online } })).toEqual(ofOther);
});

test.each([
  ['\u0000 Visit\r\n\tthe   mill\u202e ', 'Visit the mill'],
  ['Cafe\u0301', 'Café'],
  [' \u200b\n', '(no subject)'],
  [null, '(no subject)'],
  ['half \ud83d a pair', 'half a pair'],
  ['x'.repeat(300), 'x'.repeat(255)],
  [`${'x'.repeat(254)}😀😀`, `${'x'.repeat(254)}😀`],
])('E49: the subject %j makes the name %j', (subject, name) => {
  expect(decided({ subject }).name).toBe(name);
});

test.each([
  [{ start: null }, 'start.dateTime is missing'],
  [{ end: { dateTime: '', timeZone: 'UTC' } }, 'end.dateTime is missing'],
  [{ start: utc('2026-02-30T10:00:00') }, 'start.dateTime "2026-02-30T10:00:00.0000000" is no date and time'],
  [{ start: utc('2026-02-28T24:00:00') }, 'start.dateTime "2026-02-28T24:00:00.0000000" is no date and time'],
  [{ end: { dateTime: 'tomorrow', timeZone: 'UTC' } }, 'end.dateTime "tomorrow" is no date and time'],
  [{ start: { dateTime: '2026-09-21T10:00:00', timeZone: null } }, 'start.timeZone is missing'],
  [{ type: 'occurrence', originalStart: 'once' }, 'originalStart "once" is no instant'],
  [{ type: 'unknownFutureValue' }, 'type "unknownFutureValue" is not known'],
])('E55: an event with %j is unreadable and says why', (parts, unreadable) => {
  expect(eventOf(aRawEvent(parts))).toEqual({ id: 'event-1', unreadable });
});

test('E55: an event without an id is unreadable', () => {
  expect(eventOf(aRawEvent({ id: null }))).toEqual({ id: null, unreadable: 'id is missing' });
});
