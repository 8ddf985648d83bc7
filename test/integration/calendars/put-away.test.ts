import type { UserRow } from '../../../src/records/types.js';
import type { FaultAction } from '../../../src/simulator/server/fault-book.js';
import type { NewEvent } from '../../../src/simulator/world/calendar/calendar-types.js';
import { type CalendarHarness, objectIdOf, openCalendarHarness } from '../../support/calendar-harness.js';
import { at } from '../../support/calendar-scene.js';

/** Events that are not in the default calendar any more, though their ids still find them. */

let harness: CalendarHarness;

beforeAll(async () => {
  harness = await openCalendarHarness();
});
afterEach(() => harness.faults.clear());
afterAll(() => harness?.close());

/** Somebody with activities of an event. */
async function somebody(name: string, given: Partial<NewEvent> = {}) {
  const user = await harness.person(name);
  const who = objectIdOf(user);
  const { calendars } = harness.tenant;
  const { eventId } = calendars.createEvent(who, { subject: 'Pole 7', start: at(24), end: at(25), ...given });
  await harness.readAndApply(user);
  return { user, who, calendars, eventId };
}

const states = async (user: UserRow) =>
  (await harness.activities(user)).map(({ status, cancelledReason }) => [status, cancelledReason ?? null]);

/** From so many views on Graph answers this to whoever looks at the calendar. */
function views(who: string, { after, times }: { after: number; times: number }, action: FaultAction): () => number {
  const id = harness.faults.add({ match: { path: `users/${who}/calendarView` }, after, times, action });
  return () => harness.faults.list().find((fault) => fault.id === id)?.seen ?? 0;
}

const error = (code: string) => ({ error: { code, message: 'No.' } });

test('E47: what lies in Deleted Items is cancelled, and is planned again once it is taken out of there', async () => {
  const { user, who, calendars, eventId } = await somebody('ana');
  calendars.deleteEvent(who, eventId);
  expect(calendars.view(who).find(eventId)).toBeDefined();
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['cancelled', 'event_deleted']]);
  calendars.moveEvent(who, eventId, 'default');
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['scheduled', null]]);
});

test('E58: what somebody moves into another calendar of theirs is cancelled', async () => {
  const { user, who, calendars, eventId } = await somebody('ben');
  calendars.moveEvent(who, eventId, 'other');
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['cancelled', 'event_deleted']]);
});

test.each([false, true])(
  'E46: of a series that is deleted every occurrence is cancelled (purged: %s)',
  async (purge) => {
    const range = { type: 'numbered', startDate: at(24).dateTime.slice(0, 10), numberOfOccurrences: 3 } as const;
    const recurrence = { pattern: { type: 'daily', interval: 1 }, range } as const;
    const { user, who, calendars, eventId } = await somebody(`cleo${purge}`, { recurrence });
    expect(await states(user)).toHaveLength(3);
    const [first] = await harness.activities(user);
    calendars.deleteEvent(who, eventId, { purge });
    expect(calendars.view(who).find(first?.calendar?.eventId ?? '') === undefined).toBe(purge);
    const seen = views(who, { after: 10, times: 1 }, {});
    await harness.readAndApply(user);
    expect(await states(user)).toEqual(Array(3).fill(['cancelled', 'event_deleted']));
    // One more view for all of them, and none where the ids say it.
    expect(seen()).toBe(purge ? 1 : 2);
  },
);

test.each<[string, FaultAction]>([
  ['fails', { status: 400, body: error('ErrorInvalidParameter') }],
  ['ends in the middle', { body: '{"value":[{"id":"half a p' }],
  ['is refused', { status: 403, body: error('ErrorAccessDenied') }],
  ['finds no mailbox', { status: 404, body: error('MailboxNotEnabledForRESTAPI') }],
])('E59: where the second view %s nothing is cancelled, and the calendar is had again', async (what, action) => {
  const { user, who, calendars, eventId } = await somebody(what.replaceAll(' ', ''));
  const before = await harness.row(user);
  calendars.deleteEvent(who, eventId);
  views(who, { after: 1, times: 10_000 }, action);
  const read = await harness.read(user);
  expect(read).toMatchObject({ status: 'ok', incomplete: expect.any(Error) });
  await harness.apply({ objectId: who, read, change: null, runId: null });
  expect(await states(user)).toEqual([['scheduled', null]]);
  expect((await harness.row(user))?.verifiedAt).toEqual(before?.verifiedAt);
  harness.faults.clear();
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['cancelled', 'event_deleted']]);
});

test('L8: what only the second view lists is as that one says, under another id too', async () => {
  const { user, who, calendars, eventId } = await somebody('dana');
  const iCalUId = calendars.view(who).find(eventId)?.iCalUId;
  views(who, { after: 0, times: 1 }, { body: { value: [] } });
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['scheduled', null]]);

  // Cut and put in again: the same event to everybody else.
  const again = calendars.createEvent(who, { subject: 'Pole 8', start: at(30), end: at(31), iCalUId });
  calendars.deleteEvent(who, eventId);
  harness.faults.clear();
  views(who, { after: 0, times: 1 }, { body: { value: [] } });
  await harness.readAndApply(user);
  expect(await harness.activities(user)).toMatchObject([
    { name: 'Pole 8', status: 'scheduled', calendar: { eventId: again.eventId } },
  ]);
});

test('L8: what the second view shows without an id may be the event: its activity stays', async () => {
  const { user, who, calendars, eventId } = await somebody('eva');
  calendars.deleteEvent(who, eventId);
  views(who, { after: 1, times: 1 }, { body: { value: [{ subject: 'Pole 7', start: at(24), end: at(25) }] } });
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['scheduled', null]]);
});

test('E53: what was moved out of the window is no matter of a second view, also in another calendar', async () => {
  const { user, who, calendars, eventId } = await somebody('finn');
  calendars.updateEvent(who, eventId, { start: at(24 * 100), end: at(24 * 100 + 1) });
  calendars.moveEvent(who, eventId, 'other');
  const seen = views(who, { after: 10, times: 1 }, {});
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['cancelled', 'event_moved_away']]);
  expect(seen()).toBe(1);
});

test('E47: of a mailbox that was made anew no old id says anything any more: what came from them is cancelled', async () => {
  const { user, who, calendars, eventId } = await somebody('gus');
  const before = await somebody('hera');
  calendars.deleteEvent(who, eventId, { purge: true });
  const ids = { 'calendar.eventId': before.eventId };
  await harness.services.store.db.collection('activities').updateOne({ userId: user._id }, { $set: ids });
  await harness.readAndApply(user);
  expect(await states(user)).toEqual([['cancelled', 'event_deleted']]);
});
