import { GraphFailure } from '../../../src/graph/graph-failure.js';
import { activitySubject } from '../../../src/projection/verdicts/activity-decision.js';
import type { DecisionRow } from '../../../src/records/types.js';
import type { CalendarScope } from '../../../src/sync/mailboxes/calendar-scope.js';
import { calendarDecisionWrites } from '../../../src/sync/mailboxes/guard/calendar-decisions.js';
import type { LoadedCalendar } from '../../../src/sync/mailboxes/load-calendar.js';
import type { CalendarRead } from '../../../src/sync/mailboxes/read-calendar.js';
import { anEvent } from '../projection/calendar/a-calendar.js';
import { anActivity, NOW } from '../records/an-activity.js';

const failure = new GraphFailure('later', { kind: 'unavailable', status: 503 });
const ok: Extract<CalendarRead, { status: 'ok' }> = {
  ...{ status: 'ok', window: { from: NOW, to: NOW }, at: NOW, events: [], readById: new Map() },
  ...{ unreadable: [], incomplete: null },
};
const garbled = { code: 'event_unreadable', subject: 'event-1', message: '', remedy: '' } as const;

/** Somebody refused that the activity of `event-1` is cancelled; answers whether that stands after the reading. */
function stands(read: CalendarRead | null, { scope = 'in' }: { scope?: CalendarScope } = {}): boolean {
  const calendar = { eventId: 'event-1', key: 'uid-1' };
  const decision = { _id: 'd1', subject: activitySubject('uid-1'), valueHash: 'h', verdict: 'refused' } as DecisionRow;
  const activities = new Map([['a1', anActivity({ source: 'entra_calendar', calendar })]]);
  const writes = calendarDecisionWrites({
    ...{ enterpriseId: 'e1', what: { objectId: 'anna', read }, now: NOW },
    loaded: { activities, decisions: [decision] } as unknown as LoadedCalendar,
    decided: { scope, verdicts: [], changes: [], problems: [], row: null },
    sorted: { open: [], waiting: new Map(), approved: [], declined: [] },
    judged: { accepted: [], held: [] },
  });
  return writes.length === 0;
}

test.each<[string, CalendarRead]>([
  ['is refused', { status: 'blocked', failure }],
  ['finds no mailbox', { status: 'no_mailbox' }],
  ['fails', { status: 'failed', failure }],
  ['could not ask for the event', { ...ok, incomplete: failure }],
  ['cannot make out the event', { ...ok, unreadable: [garbled] }],
])('L11: what was decided on an event stands where the reading %s', (_, read) => {
  expect(stands(read)).toBe(true);
});

test.each<[string, CalendarRead]>([
  ['lists it', { ...ok, events: [anEvent()], incomplete: failure }],
  ['found it by its id', { ...ok, readById: new Map([['event-1', anEvent()]]), incomplete: failure }],
  ['found it gone', { ...ok, readById: new Map([['event-1', 'gone' as const]]) }],
])('L11: what was decided about a value goes with it once a reading %s and asks for something else', (_, read) => {
  expect(stands(read)).toBe(false);
});

test.each([
  ['waits', true],
  ['off', false],
  ['out', false],
] as const)('L11: where nothing is read, decisions end with the activities only: %s', (scope, isKept) => {
  expect(stands(null, { scope })).toBe(isKept);
});
