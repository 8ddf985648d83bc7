import { unreadableProblem } from '../../../../src/projection/calendar/calendar-problems.js';
import { calendarOff, projectCalendar } from '../../../../src/projection/calendar/project-calendar.js';
import type { CalendarActivity, CalendarInput } from '../../../../src/projection/calendar/types.js';
import { anActivity, anEvent, anInput, inWords, NOW, utc, warningsOf } from '../calendar/a-calendar.js';

const projected = (parts: Partial<CalendarInput>) => projectCalendar(anInput(parts));
const changesOf = (parts: Partial<CalendarInput>) => inWords(projected(parts));

/** A meeting of this morning, over by now. */
const OVER = anActivity({ id: 'activity-0', ...hours('2026-09-20T08:00:00Z'), status: 'finished' });
/** From 14:00 to 15:00, in the afternoon of the same day. */
const LATER = { start: utc('2026-09-21T14:00:00'), end: utc('2026-09-21T15:00:00') };
const FREE = { showAs: 'free' };

/** Activities that are no longer the calendar's; the meeting of `anActivity` is still to come for the first two. */
const BEGUN: readonly (readonly [string, Partial<CalendarActivity>])[] = [
  ['active', { status: 'active' }],
  ['alerted or started once', { isTouched: true }],
  ['in the grace period', { start: new Date(NOW.getTime() - 60_000), finish: new Date(NOW.getTime() + 3_600_000) }],
  ['starting now', { start: NOW, finish: new Date(NOW.getTime() + 3_600_000) }],
];

test('E44: an event becomes an activity when it begins to count, and no sooner', () => {
  expect(changesOf({ events: [anEvent(FREE)] })).toEqual([]);
  expect(changesOf({ events: [anEvent()] })).toEqual(['create uid-1']);
});

test('E46: each occurrence has its own activity, and a moved one takes its own along', () => {
  const occurrence = (id: string, day: string, parts = {}) =>
    anEvent({
      ...{ id, type: 'occurrence', originalStart: `${day}T10:00:00Z` },
      ...{ start: utc(`${day}T10:00:00`), end: utc(`${day}T11:00:00`), ...parts },
    });
  const monday = occurrence('monday', '2026-09-21');
  const tuesday = occurrence('tuesday', '2026-09-22');
  expect(changesOf({ events: [monday, tuesday] })).toEqual([`create ${monday.key}`, `create ${tuesday.key}`]);

  const activities = [
    anActivity({ id: 'of-monday', key: monday.key, eventId: 'monday' }),
    anActivity({
      ...{ id: 'of-tuesday', key: tuesday.key, eventId: 'tuesday' },
      ...{ start: new Date(tuesday.start), finish: new Date(tuesday.end) },
    }),
  ];
  const moved = occurrence('tuesday', '2026-09-22', { ...LATER, type: 'exception' });
  expect(changesOf({ events: [monday, moved], activities })).toEqual(['update of-tuesday']);
  expect(changesOf({ events: [monday], activities, readById: new Map([['tuesday', 'gone']]) })).toEqual([
    'cancel of-tuesday event_deleted',
  ]);
});

test.each([
  ['cancelled by its organiser', { isCancelled: true }, 'event_cancelled'],
  ['declined', { responseStatus: { response: 'declined' } }, 'not_eligible'],
  ['made private', { sensitivity: 'private' }, 'not_eligible'],
  ['moved into the past', { start: utc('2026-09-20T09:00:00'), end: utc('2026-09-20T10:00:00') }, 'not_eligible'],
])('E47: the activity of a listed event that was %s is cancelled', (_what, parts, reason) => {
  const activities = [anActivity()];
  expect(changesOf({ events: [anEvent(parts)], activities })).toEqual([`cancel activity-1 ${reason}`]);
});

test.each([
  ['is gone', 'gone' as const, ['cancel activity-1 event_deleted']],
  ['was cancelled', anEvent({ isCancelled: true }), ['cancel activity-1 event_cancelled']],
  ['no longer counts', anEvent(FREE), ['cancel activity-1 not_eligible']],
  [
    'was moved beyond the window',
    anEvent({ start: utc('2026-11-02T10:00:00'), end: utc('2026-11-02T11:00:00') }),
    ['cancel activity-1 event_moved_away'],
  ],
  ['was moved within it', anEvent(LATER), ['update activity-1']],
  ['is as it was', anEvent(), []],
])('E47: an event that is not listed and, read by its id, %s', (_what, read, changes) => {
  expect(changesOf({ activities: [anActivity()], readById: new Map([['event-1', read]]) })).toEqual(changes);
});

test('E47: an event that is not listed and was not read proves nothing', () => {
  expect(projected({ activities: [anActivity()] })).toEqual({ verdicts: [], changes: [], problems: [] });
});

test('E47: what lies beyond a window that became shorter was not moved away', () => {
  const far = { start: utc('2026-11-02T10:00:00'), end: utc('2026-11-02T11:00:00') };
  const activity = anActivity({ start: new Date('2026-11-02T10:00:00Z'), finish: new Date('2026-11-02T11:00:00Z') });
  const read = (event: ReturnType<typeof anEvent> | 'gone') =>
    changesOf({ activities: [activity], readById: new Map([['event-1', event]]) });
  expect(read(anEvent(far))).toEqual([]);
  expect(read('gone')).toEqual(['cancel activity-1 event_deleted']);
});

test('E46: an event with another key by now may end the activity that had its id, and never moves it', () => {
  const read = (event: Parameters<typeof anEvent>[0]) =>
    changesOf({
      activities: [anActivity()],
      readById: new Map([['event-1', anEvent({ iCalUId: 'another', ...event })]]),
    });
  expect(read({})).toEqual([]);
  expect(read({ subject: 'Renamed' })).toEqual([]);
  expect(read({ isCancelled: true })).toEqual(['cancel activity-1 event_cancelled']);
});

test('E47: an event that counts again takes its cancelled activity back', () => {
  const activities = [anActivity({ status: 'cancelled' })];
  expect(changesOf({ events: [anEvent(FREE)], activities })).toEqual([]);
  expect(changesOf({ events: [anEvent(LATER)], activities })).toEqual(['revive activity-1']);
});

test.each(BEGUN)('E47: an activity that is %s is never cancelled; somebody is told', (_what, parts) => {
  const activities = [anActivity(parts)];
  for (const event of [anEvent(FREE), anEvent({ isCancelled: true })]) {
    const projection = projected({ events: [event], activities });
    expect([inWords(projection), warningsOf(projection)]).toEqual([[], ['activity_started uid-1']]);
  }
  const gone = projected({ activities, readById: new Map([['event-1', 'gone']]) });
  expect([inWords(gone), warningsOf(gone)]).toEqual([[], ['activity_started uid-1']]);
});

test.each(['scheduled', 'awaiting_approval'] as const)(
  'E48: an event that is moved to where it runs now takes along what is %s; over by now, it takes it away',
  (status) => {
    const activities = [anActivity({ status })];
    const moved = (end: string) => ({ start: utc('2026-09-20T11:30:00'), end: utc(end) });
    const running = anEvent(moved('2026-09-20T12:30:00'));
    expect(changesOf({ events: [running], activities })).toEqual(['update activity-1']);
    const readById = new Map([['event-1', running]]);
    expect(changesOf({ activities, readById })).toEqual(['update activity-1']);
    expect(changesOf({ events: [anEvent(moved('2026-09-20T12:00:00'))], activities })).toEqual([
      'cancel activity-1 not_eligible',
    ]);
    const free = anEvent({ ...moved('2026-09-20T12:30:00'), ...FREE });
    expect(changesOf({ events: [free], activities })).toEqual(['cancel activity-1 not_eligible']);
  },
);

test.each([
  ['has no activity', []],
  ['has a cancelled one', [anActivity({ status: 'cancelled' })]],
])('E43: an event that runs already and %s becomes none', (_what, activities) => {
  const running = anEvent({ start: utc('2026-09-20T11:30:00'), end: utc('2026-09-20T12:30:00') });
  expect(changesOf({ events: [running], activities })).toEqual([]);
});

test.each(BEGUN)('E48: an activity that is %s follows no move; somebody is told', (_what, parts) => {
  const projection = projected({ events: [anEvent(LATER)], activities: [anActivity(parts)] });
  expect([inWords(projection), warningsOf(projection)]).toEqual([[], ['activity_started uid-1']]);
});

test('E48: an event that began with its activity is no reason to warn', () => {
  const start = new Date('2026-09-20T11:59:00Z');
  const finish = new Date('2026-09-20T13:00:00Z');
  const event = anEvent({ start: utc('2026-09-20T11:59:00'), end: utc('2026-09-20T13:00:00') });
  for (const status of ['scheduled', 'active', 'finished'] as const) {
    const activities = [anActivity({ start, finish, status })];
    expect(projected({ events: [event], activities })).toMatchObject({ changes: [], problems: [] });
  }
});

test('E47: nobody is told of what is over', () => {
  const gone = projected({ activities: [OVER], readById: new Map([['event-1', 'gone']]) });
  expect([gone.changes, gone.problems]).toEqual([[], []]);
});

test.each([
  ['finished', { status: 'finished' }],
  ['past its time without a start', { status: 'scheduled' }],
] as const)('E48: a meeting that is moved on once its activity is %s has another activity then', (_what, parts) => {
  const projection = projected({ activities: [anActivity({ ...OVER, ...parts })], events: [anEvent()] });
  expect([inWords(projection), warningsOf(projection)]).toEqual([['create uid-1||2'], []]);
});

test.each([
  ['alerted', { status: 'scheduled', isTouched: true }, ['activity_started uid-1']],
  ['active', { status: 'active' }, ['activity_started uid-1']],
  ['deleted in GetHomeSafe', { status: 'cancelled', isDetached: true }, []],
] as const)('E48: nor is it planned again while the earlier one is %s', (_what, parts, warnings) => {
  const projection = projected({ activities: [anActivity({ ...OVER, ...parts })], events: [anEvent()] });
  expect([inWords(projection), warningsOf(projection)]).toEqual([[], warnings]);
});

test('E48: whoever is back before the planned start is not sent out again by the same meeting', () => {
  const early = anActivity({ status: 'finished' });
  expect(projected({ activities: [early], events: [anEvent()] })).toMatchObject({ changes: [], problems: [] });
  const half = anEvent({ start: utc('2026-09-21T10:30:00'), end: utc('2026-09-21T11:30:00') });
  const moved = projected({ activities: [early], events: [half] });
  expect([inWords(moved), warningsOf(moved)]).toEqual([[], ['activity_started uid-1']]);
});

test('E48: the later activity of a meeting is the one that follows it, until it is over too', () => {
  const later = anActivity({ id: 'activity-2', key: 'uid-1||2' });
  const of = (activity: CalendarActivity, parts: Partial<CalendarInput>) =>
    changesOf({ activities: [OVER, activity], ...parts });
  expect(of(later, { events: [anEvent()] })).toEqual([]);
  expect(of(later, { events: [anEvent(LATER)] })).toEqual(['update activity-2']);
  expect(of(later, { events: [anEvent(FREE)] })).toEqual(['cancel activity-2 not_eligible']);
  expect(of(later, { readById: new Map([['event-1', 'gone']]) })).toEqual(['cancel activity-2 event_deleted']);
  const away = anEvent({ start: utc('2026-11-02T10:00:00'), end: utc('2026-11-02T11:00:00') });
  expect(of(later, { readById: new Map([['event-1', away]]) })).toEqual(['cancel activity-2 event_moved_away']);
  const cancelled = anActivity({ ...later, status: 'cancelled' });
  expect(of(cancelled, { events: [anEvent(LATER)] })).toEqual(['revive activity-2']);
  const done = anActivity({ ...later, ...hours('2026-09-20T09:00:00Z'), status: 'finished' });
  expect(of(done, { events: [anEvent()] })).toEqual(['create uid-1||3']);
});

test.each([
  ['renamed', { subject: 'Visit the dam' }, { name: 'Visit the dam' }],
  ['moved', LATER, { start: new Date('2026-09-21T14:00:00Z'), finish: new Date('2026-09-21T15:00:00Z') }],
  ['longer', { end: utc('2026-09-21T11:30:00') }, { finish: new Date('2026-09-21T11:30:00Z') }],
  ['elsewhere', { location: null }, { destination: null }],
])('E48: the scheduled activity of an event that is %s follows it', (_what, parts, verdict) => {
  const { changes } = projected({ events: [anEvent(parts)], activities: [anActivity()] });
  expect(changes).toMatchObject([{ kind: 'activity_update', activity: { id: 'activity-1' }, verdict }]);
});

test('E48: an activity that waits for approval follows its event too', () => {
  const activities = [anActivity({ status: 'awaiting_approval' })];
  expect(changesOf({ events: [anEvent(LATER)], activities })).toEqual(['update activity-1']);
});

test('E48: an event that Graph knows by another id now keeps its activity', () => {
  const byKey = changesOf({ events: [anEvent({ id: 'event-2' })], activities: [anActivity()] });
  const byId = changesOf({ events: [anEvent({ iCalUId: 'uid-2' })], activities: [anActivity()] });
  expect([byKey, byId]).toEqual([['update activity-1'], ['update activity-1']]);
});

test('E50: an activity that was deleted in GetHomeSafe is left alone for ever', () => {
  for (const status of ['scheduled', 'cancelled'] as const) {
    const activities = [anActivity({ isDetached: true, status })];
    for (const event of [anEvent(), anEvent(LATER), anEvent({ isCancelled: true })]) {
      expect(projected({ events: [event], activities })).toMatchObject({ changes: [], problems: [] });
    }
    expect(changesOf({ activities, readById: new Map([['event-1', 'gone']]) })).toEqual([]);
    expect(calendarOff(activities, NOW)).toEqual([]);
  }
});

test('E50: an activity that was deleted in GetHomeSafe does not come back by a copy of its event', () => {
  const events = [anEvent(), anEvent({ id: 'event-2', iCalUId: 'uid-0' })];
  expect(changesOf({ events, activities: [anActivity({ isDetached: true })] })).toEqual([]);
});

test('E52: overlapping events are both scheduled, with a warning', () => {
  const other = { id: 'event-2', iCalUId: 'uid-2', subject: 'Call' };
  const overlapping = anEvent({ ...other, start: utc('2026-09-21T10:30:00'), end: utc('2026-09-21T11:30:00') });
  const projection = projected({ events: [overlapping, anEvent()] });
  expect(inWords(projection)).toEqual(['create uid-1', 'create uid-2']);
  expect(warningsOf(projection)).toEqual(['activity_overlap uid-2']);

  const after = anEvent({ ...other, start: utc('2026-09-21T11:00:00'), end: utc('2026-09-21T11:30:00') });
  expect(projected({ events: [after, anEvent()] }).problems).toEqual([]);
});

test('E52: what overlaps an activity that has begun is told too', () => {
  const active = anActivity({ key: 'uid-0', eventId: 'event-0', status: 'active', ...hours('2026-09-21T09:30:00Z') });
  expect(warningsOf(projected({ events: [anEvent()], activities: [active] }))).toEqual(['activity_overlap uid-1']);
});

test('E52: of the same event twice there is one activity, and the one that is there stays', () => {
  const twins = [anEvent(), anEvent({ id: 'event-0', iCalUId: 'uid-0' })];
  expect(changesOf({ events: twins })).toEqual(['create uid-0']);
  expect(projected({ events: twins, activities: [anActivity()] })).toMatchObject({ changes: [], problems: [] });
  const both = [anActivity(), anActivity({ id: 'activity-0', key: 'uid-0', eventId: 'event-0' })];
  expect(changesOf({ events: twins, activities: both })).toEqual(['cancel activity-1 not_eligible']);
});

test('E53: an event that reaches past the window is imported whole', () => {
  const event = anEvent({ start: utc('2026-10-03T20:00:00'), end: utc('2026-10-04T08:00:00') });
  const { changes } = projected({ events: [event] });
  expect(changes).toMatchObject([{ verdict: { finish: new Date('2026-10-04T08:00:00Z') } }]);
});

test('E57: without an activity type nothing is made, one warning is given, and what is there follows its event', () => {
  const events = [
    anEvent(LATER),
    anEvent({ id: 'event-2', iCalUId: 'uid-2' }),
    anEvent({ id: 'e3', iCalUId: 'uid-3' }),
  ];
  const projection = projected({ events, activities: [anActivity()], hasActivityType: false });
  expect(inWords(projection)).toEqual(['update activity-1']);
  expect(warningsOf(projection)).toEqual(['activity_type_missing calendar']);
  expect(projection.verdicts.map(({ reasons }) => reasons)).toEqual([
    ...[['no_activity_type'], ['no_activity_type'], ['no_activity_type']],
  ]);
});

test('E57: without an activity type a cancelled activity is not taken back', () => {
  const activities = [anActivity({ status: 'cancelled' })];
  expect(changesOf({ events: [anEvent()], activities, hasActivityType: false })).toEqual([]);
});

test('E59: of a calendar that was not read nothing changes', () => {
  const readById = new Map([['event-1', 'gone' as const]]);
  const projection = projected({ events: null, activities: [anActivity()], readById });
  expect(projection).toEqual({ verdicts: [], changes: [], problems: [] });
});

test('E55: an event that cannot be read is told, and its activity stays', () => {
  const problem = unreadableProblem({ id: 'event-1', unreadable: 'start.timeZone "Mars" is not known' });
  expect(problem).toMatchObject({ code: 'event_unreadable', subject: 'event-1' });
  expect(problem.message).toContain('start.timeZone "Mars" is not known');
});

test('E60: with calendars off what has not begun is cancelled, and nothing else', () => {
  const begun = BEGUN.map(([id, parts]) => anActivity({ id, ...parts }));
  const rest = [anActivity({ id: 'finished', status: 'finished' }), anActivity({ id: 'was', status: 'cancelled' })];
  const waiting = anActivity({ id: 'waiting', status: 'awaiting_approval' });
  const changes = calendarOff([...begun, ...rest, waiting, anActivity()], NOW);
  expect(inWords({ verdicts: [], problems: [], changes })).toEqual([
    ...['cancel activity-1 calendar_off', 'cancel waiting calendar_off'],
  ]);
});

function hours(start: string) {
  return { start: new Date(start), finish: new Date(Date.parse(start) + 3_600_000) };
}
