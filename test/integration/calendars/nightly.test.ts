import { previewCalendarOf } from '../../../src/compose/calendars.js';
import { type JobDeps, jobTable } from '../../../src/jobs/job-table.js';
import { hoursBefore } from '../../../src/kernel/clock.js';
import { CALENDARS, type CalendarRow } from '../../../src/mirror/calendars-store.js';
import { at, type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';
import { createManualClock } from '../../support/manual-clock.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterAll(() => scene?.stack.close());

const HOUR_MS = 3_600_000;

test('E54: where it is night every calendar becomes due, each at a moment of its own but no later; by day none does', async () => {
  const { services, tenant } = scene.stack;
  const people = [await scene.person('Ana'), await scene.person('Ben'), await scene.person('Cal')];
  for (const who of people) await scene.watched(who);
  for (const who of people) await scene.settled(who);
  const rows = services.store.collection<CalendarRow>(CALENDARS);
  const dues = async () => (await rows.find().sort({ _id: 1 }).toArray()).map(({ dueAt }) => dueAt.getTime());
  const before = await dues();
  const runAt = async (instant: string) => {
    const clock = createManualClock(instant);
    const { mirror, integrations, log } = services;
    const connectedIntegrations = () => integrations.connectedIntegrations();
    const deps = { ...services, clock, log, calendars: mirror.calendars, connectedIntegrations } as unknown as JobDeps;
    await jobTable(deps)
      .find(({ name }) => name === 'calendar-nightly')
      ?.run();
    return clock.nowMs();
  };
  // In Auckland it is two in the afternoon.
  await runAt('2031-01-05T01:10:00.000Z');
  expect(await dues()).toEqual(before);
  await rows.updateMany({}, { $set: { dueAt: new Date('2031-01-06T12:00:00.000Z') } });
  const night = await runAt('2031-01-05T12:10:00.000Z');
  const after = await dues();
  expect(after.every((due) => due >= night && due <= night + 4 * HOUR_MS)).toBe(true);
  expect(new Set(after).size).toBe(3);
  // A look after a notified reading, or a reading that is overdue, is not put off.
  const sooner = new Date('2031-01-05T12:00:00.000Z');
  await rows.updateMany({}, { $set: { dueAt: sooner } });
  await runAt('2031-01-05T12:10:00.000Z');
  expect(new Set(await dues())).toEqual(new Set([sooner.getTime()]));
  expect(await services.mirror.calendars.verifiedUntil(tenant.id)).toBeInstanceOf(Date);
});

test('a calendar that has not been verified for too long is stale; one without a mailbox or of a room is not', async () => {
  const { services, tenant } = scene.stack;
  const { calendars } = services.mirror;
  const blocked = await scene.person('Blocked', 'blocked');
  await scene.person('Nobox', 'none');
  await scene.settled();
  const stale = async (hours: number) =>
    (await calendars.list(tenant.id, { verifiedBefore: hoursBefore(new Date(), hours) })).map(
      ({ objectId }) => objectId,
    );
  expect(await stale(36)).toEqual([blocked]);
  expect(await calendars.staleCount(tenant.id, hoursBefore(new Date(), -1))).toBe(4);
});

test('a preview reads the calendar of a person, says why of each event, and writes nothing', async () => {
  const { services, microsoft, enterpriseId, simulator } = scene.stack;
  const dana = await scene.person('Dana');
  await scene.watched(dana);
  await scene.settled(dana);
  simulator.delivery.settings.loss = 1;
  scene.event(dana, { subject: 'Poles', start: at(30), end: at(31) });
  scene.event(dana, { subject: 'Lunch', showAs: 'free', start: at(40), end: at(41) });
  const preview = await previewCalendarOf(services, microsoft, { enterpriseId, person: dana });
  expect(preview).toMatchObject({
    ...{ scope: 'in', problem: null },
    events: [
      { name: 'Poles', activity: true, reasons: [] },
      { name: 'Lunch', activity: false, reasons: ['not_busy'] },
    ],
    changes: [{ kind: 'activity_create', name: 'Poles' }],
  });
  expect(await scene.activities(dana)).toEqual([]);
  simulator.delivery.settings.loss = 0;
});
