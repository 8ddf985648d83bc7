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
