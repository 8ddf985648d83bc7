import { projectCalendar } from '../../../../src/projection/calendar/project-calendar.js';
import type { CalendarInput } from '../../../../src/projection/calendar/types.js';
import { anActivity, anEvent, anInput, inWords } from './a-calendar.js';

/** What becomes of it, in whatever order the calendar lists its events. */
function changesOf({ events = [], ...parts }: Partial<CalendarInput>): string[] {
  const [one, other] = [events, [...(events ?? [])].reverse()].map((order) =>
    inWords(projectCalendar(anInput({ ...parts, events: order }))),
  );
  expect(other).toEqual(one);
  return one ?? [];
}

describe('of two copies of one meeting', () => {
  const accepted = (id: string) => anEvent({ id, responseStatus: { response: 'accepted' }, isOrganizer: false });
  const declined = (id: string) => anEvent({ id, responseStatus: { response: 'declined' }, isOrganizer: false });
  const cancelled = (id: string) => anEvent({ id, isCancelled: true });

  test.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('E52: the one that counts has the activity, whatever their ids are: %s, not %s', (counts, not) => {
    for (const copy of [declined(not), cancelled(not)]) {
      expect(changesOf({ events: [accepted(counts), copy] })).toEqual(['create uid-1']);
      expect(changesOf({ events: [accepted(counts), copy], activities: [anActivity({ eventId: counts })] })).toEqual(
        [],
      );
    }
  });

  test.each(['a', 'b'])('E52: where both count, the one that the activity came from goes on with it: %s', (eventId) => {
    expect(changesOf({ events: [accepted('a'), accepted('b')], activities: [anActivity({ eventId })] })).toEqual([]);
  });

  test.each([
    ['a', 'event_cancelled'],
    ['b', 'not_eligible'],
  ])('L8: where none counts, the activity ends for the reason of its own event: %s, %s', (eventId, reason) => {
    const activities = [anActivity({ eventId })];
    const changes = changesOf({ events: [cancelled('a'), declined('b')], activities });
    expect(changes).toEqual([`cancel activity-1 ${reason}`]);
  });
});

describe('a meeting that was made anew', () => {
  const anew = anEvent({ id: 'event-2', iCalUId: 'uid-2' });
  const gone = new Map([['event-1', 'gone' as const]]);

  test('E52: it goes on with the activity of the one that is gone or called off', () => {
    const activities = [anActivity()];
    expect(changesOf({ events: [anew], activities, readById: gone })).toEqual(['update activity-1']);
    expect(changesOf({ events: [anew, anEvent({ isCancelled: true })], activities })).toEqual(['update activity-1']);
  });

  test('E52: of several that are gone it takes one, and the others end', () => {
    const other = anActivity({ id: 'activity-3', eventId: 'event-3', key: 'uid-3' });
    const readById = new Map([...gone, ['event-3', 'gone' as const]]);
    expect(changesOf({ events: [anew], activities: [other, anActivity()], readById })).toEqual([
      'update activity-1',
      'cancel activity-3 event_deleted',
    ]);
  });

  test('E52: one that is there by its own event keeps its place, and what is gone ends', () => {
    const other = anActivity({ id: 'activity-2', eventId: 'event-2', key: 'uid-2' });
    const changes = changesOf({ events: [anew], activities: [anActivity(), other], readById: gone });
    expect(changes).toEqual(['cancel activity-1 event_deleted']);
  });

  test.each([
    [
      'is at another time',
      { start: new Date('2026-09-21T09:00:00Z') },
      ['create uid-2', 'cancel activity-1 event_deleted'],
    ],
    ['has another name', { name: 'Visit the dam' }, ['create uid-2', 'cancel activity-1 event_deleted']],
    ['was deleted in GetHomeSafe', { isDetached: true, status: 'cancelled' }, ['create uid-2']],
    ['was cancelled before', { status: 'cancelled' }, ['create uid-2']],
  ] as const)('E52: an activity that %s is not taken over', (_what, parts, changes) => {
    expect(changesOf({ events: [anew], activities: [anActivity(parts)], readById: gone })).toEqual(changes);
  });
});
