import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import type { UserRow } from '../../../src/records/types.js';
import { type CalendarHarness, objectIdOf, openCalendarHarness } from '../../support/calendar-harness.js';
import { at } from '../../support/calendar-scene.js';

let harness: CalendarHarness;

beforeAll(async () => {
  harness = await openCalendarHarness();
});
afterAll(() => harness?.close());

const rows = () => harness.services.store.collection<ActivityRow>(ACTIVITIES);

/** Somebody with an activity from an event. */
async function planned(name: string): Promise<{ user: UserRow; event: string; activity: ActivityRow }> {
  const user = await harness.person(name);
  const given = { subject: 'Pole 7', start: at(24), end: at(25) };
  const event = harness.tenant.calendars.createEvent(objectIdOf(user), given).eventId;
  await harness.readAndApply(user);
  const [activity] = await harness.activities(user);
  if (!activity) throw new Error('no activity');
  return { user, event, activity };
}

/** As if all of it had been so many days ago. */
async function longAgo({ _id }: ActivityRow, days: number, facts: Partial<ActivityRow> = {}): Promise<void> {
  const scheduledStart = new Date(Date.now() - days * DAY_MS);
  const scheduledFinish = new Date(scheduledStart.getTime() + HOUR_MS);
  await rows().updateOne({ _id }, { $set: { ...facts, scheduledStart, scheduledFinish } });
}

const shown = (all: readonly ActivityRow[]) =>
  all.map(({ status, calendar }) => [status, calendar?.key.split('||')[1]]);

test('a reading looks at what may still follow the calendar, not at what somebody did in years', async () => {
  const { user, event, activity } = await planned('aroha');
  const old = Array.from({ length: 400 }, (_, index): ActivityRow => {
    const finish = new Date(Date.now() - (index + 10) * DAY_MS);
    const calendar = { eventId: `${activity.calendar?.eventId}${index}`, key: `${activity.calendar?.key}${index}` };
    return {
      ...{ ...activity, _id: `${activity._id}-${index}`, status: 'finished', calendar },
      ...{ scheduledStart: new Date(finish.getTime() - HOUR_MS), scheduledFinish: finish },
    };
  });
  await rows().insertMany(old);
  const { db } = harness.services.store;
  await db.command({ profile: 2 });
  harness.tenant.calendars.updateEvent(objectIdOf(user), event, { subject: 'Pole 8' });
  harness.tenant.calendars.createEvent(objectIdOf(user), { subject: 'Mill', start: at(30), end: at(31) });
  await harness.readAndApply(user);
  await db.command({ profile: 0 });
  const found = await db
    .collection('system.profile')
    .find({ ns: `${db.databaseName}.${ACTIVITIES}`, 'command.find': ACTIVITIES })
    .toArray();
  expect(found.length).toBeGreaterThan(1);
  for (const { docsExamined, keysExamined, planSummary } of found) {
    expect({ planSummary, isLittle: docsExamined + keysExamined < 20 }).toEqual({ planSummary, isLittle: true });
    expect(planSummary).toMatch(/IXSCAN/);
  }
  const names = (await harness.activities(user)).map(({ name }) => name);
  expect(names).toEqual([...old.map(({ name }) => name), 'Pole 8', 'Mill']);
});

test('E48: a meeting of long ago that is moved to a day to come goes on where it was, twice too', async () => {
  const { user, event, activity } = await planned('bex');
  const move = async (hours: number) => {
    harness.tenant.calendars.updateEvent(objectIdOf(user), event, { start: at(hours), end: at(hours + 1) });
    await harness.readAndApply(user);
    return harness.activities(user);
  };
  await longAgo(activity, 60, { status: 'finished', startedAt: new Date(0), finishedAt: new Date(0) });
  const [, second] = await move(48);
  expect(shown(await harness.activities(user))).toEqual([
    ['finished', undefined],
    ['scheduled', '2'],
  ]);
  await longAgo(second as ActivityRow, 30, { status: 'finished', startedAt: new Date(0), finishedAt: new Date(0) });
  expect(shown(await move(50))).toEqual([
    ['finished', undefined],
    ['finished', '2'],
    ['scheduled', '3'],
  ]);
});

test('E50: what somebody deleted in GetHomeSafe long ago stays deleted when its event is moved to a day to come', async () => {
  const { user, event, activity } = await planned('cleo');
  const detached = { status: 'cancelled', cancelledReason: 'removed' } as const;
  await longAgo(activity, 60, detached);
  await rows().updateOne({ _id: activity._id }, { $set: { 'calendar.detached': true } });
  harness.tenant.calendars.updateEvent(objectIdOf(user), event, { start: at(48), end: at(49) });
  await harness.readAndApply(user);
  expect(shown(await harness.activities(user))).toEqual([['cancelled', undefined]]);
});

test('L12: whether cancellations are too many is known without counting all that is scheduled', async () => {
  const { services, tenant, enterpriseId } = harness;
  const user = await harness.person('dana');
  const events = Array.from({ length: 6 }, (_, index) => {
    const given = { subject: `Pole ${index}`, start: at(24 + 2 * index), end: at(25 + 2 * index) };
    return tenant.calendars.createEvent(objectIdOf(user), given).eventId;
  });
  await harness.readAndApply(user);
  const [one] = await harness.activities(user);
  const { calendar: _, ...rest } = one as ActivityRow;
  const others = Array.from({ length: 1_000 }, (__, index) => `somebody-${index}`);
  await rows().insertMany(others.map((id): ActivityRow => ({ ...rest, _id: id, userId: id })));
  const brake = { $set: { 'inEffect.settings.removalBrakePercent': 20 } };
  await services.store.collection<{ _id: string }>('integrations').updateOne({ _id: enterpriseId }, brake);
  for (const event of events) tenant.calendars.deleteEvent(objectIdOf(user), event);
  const { db } = services.store;
  await db.command({ profile: 2 });
  await harness.readAndApply(user);
  await db.command({ profile: 0 });
  const found = await db
    .collection('system.profile')
    .find({ ns: `${db.databaseName}.${ACTIVITIES}`, 'command.aggregate': ACTIVITIES })
    .toArray();
  expect(found.length).toBe(1);
  // Six of thirty would be allowed.
  expect(found[0]?.['keysExamined']).toBeLessThan(40);
  expect((await harness.activities(user)).map(({ status }) => status)).toEqual(events.map(() => 'cancelled'));
});
