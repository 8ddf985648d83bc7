import fc from 'fast-check';
import { DEFAULT_CALENDAR_RULE } from '../../../src/projection/calendar/default-calendar-rule.js';
import { projectCalendar } from '../../../src/projection/calendar/project-calendar.js';
import type {
  CalendarActivity,
  CalendarChange,
  CalendarEvent,
  CalendarInput,
  EventVerdict,
} from '../../../src/projection/calendar/types.js';

const RUNS = { numRuns: 2_000 };
const NOW = new Date('2026-09-20T12:00:00Z');
const IDS = ['e1', 'e2', 'e3', 'e4'];
const KEYS = ['k1', 'k2', 'k3', 'k4'];
/** Some events have had an activity before: those keys name the later one. */
const TURNS = [...KEYS, 'k1||2', 'k2||2', 'k2||3'];
const NAMES = ['Visit', 'Call'];

/** Few instants, so that they meet: before now, now, within the window, and beyond it. */
const hour = fc.constantFrom(-30, -1, 0, 1, 2, 2, 3, 26, 26, 27, 400);
const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

function eventOf(id: string): fc.Arbitrary<CalendarEvent> {
  return fc
    .record({
      key: fc.oneof({ weight: 6, arbitrary: fc.constant(`k${id.slice(1)}`) }, fc.constantFrom(...KEYS)),
      subject: fc.constantFrom(...NAMES, null),
      location: fc.constantFrom('Mill', null),
      from: hour,
      length: fc.constantFrom(1, 2, 0),
      isAllDay: fc.constantFrom(false, false, false, true),
      showAs: fc.constantFrom('busy', 'busy', 'busy', 'free'),
      isCancelled: fc.constantFrom(false, false, false, true),
      sensitivity: fc.constantFrom('normal', 'normal', 'private'),
    })
    .map(({ from, length, isAllDay, ...rest }) => {
      const [start, end] = [at(from).toISOString(), at(from + length).toISOString()];
      const day = start.slice(0, 10);
      const times = isAllDay ? { start: day, end: `${day.slice(0, 8)}30` } : { start, end };
      return {
        ...{ id, type: 'singleInstance' as const, categories: [], isOnline: false, response: 'accepted' },
        ...{ isAllDay, ...rest, ...times },
      };
    });
}

const someEvents = fc.subarray(IDS).chain((ids) => fc.tuple(...ids.map(eventOf)));

/** Ids of events are Exchange's own: no two activities come from one. */
function withOwnEvents(rows: readonly CalendarActivity[]): CalendarActivity[] {
  const used = new Set<string>();
  return rows.map((row) => {
    const eventId = used.has(row.eventId) ? `other-${row.key}` : row.eventId;
    used.add(eventId);
    return { ...row, eventId };
  });
}

/** A later activity of an event is made once the one before is over. */
function withEndedTurns(rows: readonly CalendarActivity[]): CalendarActivity[] {
  const eventOf = ({ key }: CalendarActivity) => key.split('||')[0];
  return rows.map((row) => {
    const isEarlier = rows.some((other) => eventOf(other) === eventOf(row) && other.key > row.key);
    return isEarlier ? { ...row, status: 'finished', isDetached: false } : row;
  });
}

const activities: fc.Arbitrary<CalendarActivity[]> = fc.subarray(TURNS).chain((keys) =>
  fc
    .tuple(
      ...keys.map((key) =>
        fc
          .record({
            eventId: fc.oneof({ weight: 6, arbitrary: fc.constant(`e${key.slice(1, 2)}`) }, fc.constantFrom(...IDS)),
            name: fc.constantFrom(...NAMES),
            destination: fc.constantFrom('Mill', null),
            from: hour,
            length: fc.constantFrom(1, 2),
            status: fc.constantFrom<CalendarActivity['status'][]>(
              ...(['scheduled', 'scheduled', 'scheduled', 'awaiting_approval', 'active', 'finished'] as const),
              ...(['cancelled', 'cancelled'] as const),
            ),
            isTouched: fc.constantFrom(false, false, false, true),
            isDetached: fc.constantFrom(false, false, false, true),
          })
          .map(({ from, length, ...rest }) => ({
            ...{ id: `a-${key}`, key, start: at(from), finish: at(from + length), ...rest },
          })),
      ),
    )
    .map((rows) => withEndedTurns(withOwnEvents(rows))),
);

const input: fc.Arbitrary<CalendarInput> = fc
  .record({
    events: someEvents,
    read: fc.array(fc.oneof(fc.constantFrom('gone' as const, undefined), eventOf('e1')), {
      minLength: IDS.length,
      maxLength: IDS.length,
    }),
    activities,
    rule: fc
      .record({ private: fc.boolean(), allDay: fc.boolean() })
      .map((parts) => ({ ...DEFAULT_CALENDAR_RULE, ...parts, maxMinutes: 5_000 })),
    hasActivityType: fc.constantFrom(true, true, true, false),
  })
  .map(({ read, events, ...rest }) => {
    const listed = new Set(events.map(({ id }) => id));
    const readById = new Map<string, CalendarEvent | 'gone'>();
    for (const [index, id] of IDS.entries()) {
      const answer = read[index];
      if (answer === undefined || listed.has(id)) continue;
      readById.set(id, answer === 'gone' ? answer : { ...answer, id, key: `k${id.slice(1)}` });
    }
    return { ...rest, events, readById, zone: 'Pacific/Auckland', window: { from: at(-12), to: at(336) }, now: NOW };
  });

/** The activities once the changes are written. */
function applied(before: readonly CalendarActivity[], changes: readonly CalendarChange[]): CalendarActivity[] {
  const rows = new Map(before.map((activity) => [activity.id, activity]));
  for (const change of changes) {
    if (change.kind === 'activity_cancel') {
      rows.set(change.activity.id, { ...change.activity, status: 'cancelled' });
      continue;
    }
    const id = change.kind === 'activity_update' ? change.activity.id : (change.revives ?? newId(change.verdict));
    const old = rows.get(id) ?? { status: 'scheduled' as const, isTouched: false, isDetached: false };
    const status = change.kind === 'activity_create' ? 'scheduled' : old.status;
    rows.set(id, { ...old, ...shownBy(change.verdict), id, status });
  }
  return [...rows.values()];
}

function shownBy({ event, name, destination, start, finish }: EventVerdict) {
  return { eventId: event.id, key: event.key, name, destination, start, finish };
}

function kindOf(change: CalendarChange): string {
  if (change.kind === 'activity_create') return change.revives === null ? 'create' : 'revive';
  return change.kind === 'activity_update' ? 'update' : 'cancel';
}

function newId({ event }: EventVerdict): string {
  return `new-${event.key}`;
}

test('once the changes of a calendar are written, the same calendar changes nothing more', () => {
  const kinds: string[] = [];
  fc.assert(
    fc.property(input, (given) => {
      const first = projectCalendar(given);
      const second = projectCalendar({ ...given, activities: applied(given.activities, first.changes) });
      kinds.push(...first.changes.map(kindOf));
      expect(second.changes).toEqual([]);
      expect(second.problems).toEqual(first.problems);
    }),
    RUNS,
  );
  // Each kind of change was there often enough to be tried.
  const counts = Object.fromEntries(['create', 'revive', 'update', 'cancel'].map((kind) => [kind, 0]));
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(RUNS.numRuns / 100);
});

test('the order of events and activities does not matter', () => {
  fc.assert(
    fc.property(input, (given) => {
      const turned = {
        ...given,
        events: [...(given.events ?? [])].reverse(),
        activities: [...given.activities].reverse(),
        readById: new Map([...given.readById].reverse()),
      };
      expect(projectCalendar(turned)).toEqual(projectCalendar(given));
    }),
    RUNS,
  );
});

test('no change touches an activity that has begun, was alerted, is over or was deleted in GetHomeSafe', () => {
  fc.assert(
    fc.property(input, (given) => {
      const untouchable = given.activities.filter(
        ({ status, isTouched, isDetached, start }) =>
          isTouched ||
          isDetached ||
          status === 'active' ||
          status === 'finished' ||
          (status !== 'cancelled' && start <= NOW),
      );
      const ids = new Set(untouchable.map(({ id }) => id));
      for (const change of projectCalendar(given).changes) {
        const id = change.kind === 'activity_create' ? change.revives : change.activity.id;
        expect(ids.has(id ?? '')).toBe(false);
      }
    }),
    RUNS,
  );
});

test('nothing is cancelled but by an event that was listed or read and says so', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { events, readById } = given;
      const seen = (activity: CalendarActivity) =>
        readById.has(activity.eventId) ||
        events?.some(({ key, id }) => key === activity.key.split('||')[0] || id === activity.eventId) === true;
      for (const change of projectCalendar(given).changes) {
        if (change.kind !== 'activity_cancel') continue;
        expect(seen(change.activity)).toBe(true);
        if (change.reason === 'event_deleted') expect(readById.get(change.activity.eventId)).toBe('gone');
      }
      const unread = projectCalendar({ ...given, events: [], readById: new Map() });
      expect(unread.changes).toEqual([]);
    }),
    RUNS,
  );
});

test('nobody gets two activities of the same beginning, end and name from a calendar, nor one from the past', () => {
  fc.assert(
    fc.property(input, (given) => {
      const made = projectCalendar(given).changes.flatMap((change) =>
        change.kind === 'activity_create' ? [change.verdict] : [],
      );
      const shapes = made.map(({ start, finish, name }) => `${start.toISOString()} ${finish.toISOString()} ${name}`);
      expect(new Set(shapes).size).toBe(shapes.length);
      for (const { start, reasons } of made) expect([start > NOW, reasons]).toEqual([true, []]);
    }),
    RUNS,
  );
});

test('an event has one activity at a time: another one only when the last is over', () => {
  let again = 0;
  fc.assert(
    fc.property(input, (given) => {
      for (const change of projectCalendar(given).changes) {
        if (change.kind !== 'activity_create' || change.revives !== null) continue;
        const [key, turn] = change.verdict.event.key.split('||');
        const before = given.activities.filter((activity) => activity.key.split('||')[0] === key);
        if (turn !== undefined) again += 1;
        expect(before.map(({ key }) => key)).not.toContain(change.verdict.event.key);
        for (const { status, isTouched, finish } of before)
          expect(status === 'finished' || status === 'cancelled' || (!isTouched && finish <= NOW)).toBe(true);
      }
    }),
    RUNS,
  );
  expect(again).toBeGreaterThan(RUNS.numRuns / 400);
});
