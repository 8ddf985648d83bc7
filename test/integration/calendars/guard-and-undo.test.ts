import { DECISIONS, type DecisionRow } from '../../../src/records/types.js';
import { at, type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { ownersLooked } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;
const BY = { who: 'maia' };

beforeAll(async () => {
  scene = await startCalendarScene({ removalBrakePercent: 25 });
});
afterAll(() => scene?.stack.close());

const all = (count: number, status: string) => (rows: readonly { status: string }[]) =>
  rows.filter((row) => row.status === status).length === count;

test('L12: a calendar that is emptied at once is held whole until somebody approves; what comes in goes on', async () => {
  const { services, enterpriseId, tenant } = scene.stack;
  const mere = await scene.person('Mere');
  await scene.watched(mere);
  const ids = Array.from({ length: 6 }, (_, index) =>
    scene.event(mere, { subject: `Pole ${index}`, start: at(24 + index * 2), end: at(25 + index * 2) }),
  );
  await scene.until(mere, all(6, 'scheduled'), 'not six');
  for (const id of ids) tenant.calendars.deleteEvent(mere, id);
  scene.event(mere, { subject: 'New', start: at(60), end: at(61) });
  await scene.until(mere, all(7, 'scheduled'), 'the new one does not come');
  const held = () => services.store.collection<DecisionRow>(DECISIONS).find({ verdict: 'held' }).toArray();
  await waitFor(async () => (await held()).length === 6, { message: 'not six held' });
  expect(await scene.activities(mere)).toHaveLength(7);
  expect((await calendarOf(services.mirror.calendars, tenant.id, mere))?.problems.map(({ code }) => code)).toContain(
    'cancellations_held',
  );
  await services.decisionActs.approve(enterpriseId, { all: true }, BY);
  const rows = await scene.until(mere, all(6, 'cancelled'), 'not cancelled');
  expect(rows.filter(({ status }) => status === 'scheduled').map(({ name }) => name)).toEqual(['New']);
  expect(await held()).toEqual([]);
});

test('L11: undone, what a run planned goes and stays away until the event says something else', async () => {
  const { services, enterpriseId, simulator, tenant } = scene.stack;
  const hana = await scene.person('Hana');
  await scene.watched(hana);
  await scene.settled(hana);
  simulator.delivery.settings.loss = 1;
  const id = scene.event(hana, { subject: 'Pole 7' });
  const run = await scene.stack.sync();
  expect(run.counts).toMatchObject({ activitiesCreated: 1 });
  const [made] = await scene.activities(hana);
  expect(made).toMatchObject({ status: 'scheduled' });
  await services.undo.run(enterpriseId, run._id, BY);
  await scene.settled();
  expect(await scene.activities(hana)).toMatchObject([{ status: 'cancelled', cancelledReason: 'undone' }]);
  const second = await scene.stack.sync();
  expect(second.counts).toMatchObject({ activitiesCreated: 0 });
  expect(await scene.activities(hana)).toMatchObject([{ status: 'cancelled' }]);

  tenant.calendars.updateEvent(hana, id, { subject: 'Pole 8' });
  await scene.stack.sync();
  expect(await scene.activities(hana)).toMatchObject([{ _id: made?._id, status: 'scheduled', name: 'Pole 8' }]);
  simulator.delivery.settings.loss = 0;
});

test('L11: what was undone stays away when the mailbox refuses a reading in between', async () => {
  const { services, enterpriseId, simulator, tenant } = scene.stack;
  const kiri = await scene.person('Kiri');
  await scene.watched(kiri);
  await scene.settled(kiri);
  simulator.delivery.settings.loss = 1;
  scene.event(kiri, { subject: 'Pole 7' });
  const run = await scene.stack.sync();
  await services.undo.run(enterpriseId, run._id, BY);
  await scene.settled();
  const body = { error: { code: 'ErrorAccessDenied', message: 'Access is denied.' } };
  const refuses = { match: { path: `${kiri}/calendarView` }, after: 0, times: 1, action: { status: 403, body } };
  simulator.faults.add(refuses);
  await scene.stack.sync();
  expect((await calendarOf(services.mirror.calendars, tenant.id, kiri))?.state).toBe('blocked');
  await scene.stack.sync();
  expect((await calendarOf(services.mirror.calendars, tenant.id, kiri))?.state).toBe('ok');
  expect(await scene.activities(kiri)).toMatchObject([{ status: 'cancelled', cancelledReason: 'undone' }]);
  simulator.delivery.settings.loss = 0;
});

test('L11: a dry run shows what calendars come to, and applied exactly it does that and lists the rest', async () => {
  const { services, enterpriseId, simulator, tenant } = scene.stack;
  const tama = await scene.person('Tama');
  await scene.watched(tama);
  const stays = scene.event(tama, { subject: 'Stays', start: at(30), end: at(31) });
  await scene.until(tama, all(1, 'scheduled'), 'not one');
  await scene.settled(tama);
  simulator.delivery.settings.loss = 1;
  scene.event(tama, { subject: 'Planned', start: at(40), end: at(41) });
  tenant.calendars.updateEvent(tama, stays, { subject: 'Renamed' });
  const plan = await scene.stack.sync({ dry: true });
  const items = (await services.runs.items(plan._id)).filter(
    ({ person, kind }) => person === tama && kind !== 'problem',
  );
  expect(items.map(({ kind, after }) => [kind, (after as { name?: string }).name])).toEqual([
    ['activity_update', 'Renamed'],
    ['activity_create', 'Planned'],
  ]);
  expect(plan.counts).toMatchObject({ activitiesCreated: 1, activitiesUpdated: 1, activitiesCancelled: 0 });
  expect(await scene.activities(tama)).toHaveLength(1);

  scene.event(tama, { subject: 'Late', start: at(50), end: at(51) });
  const request = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false, planId: plan._id } as const;
  const { run } = await services.runs.request(request);
  const applied = await services.runs.wait(run._id, { timeoutMs: 60_000 });
  expect(applied).toMatchObject({
    status: 'succeeded',
    planId: plan._id,
    counts: { activitiesCreated: 1, activitiesUpdated: 1 },
  });
  expect((await scene.activities(tama)).map(({ name }) => name)).toEqual(['Renamed', 'Planned']);
  const rest = (await services.runs.items(run._id)).filter(({ person, kind }) => person === tama && kind !== 'problem');
  expect(rest.map(({ kind, result }) => [kind, result])).toEqual([['activity_create', 'not_in_plan']]);
  simulator.delivery.settings.loss = 0;
  await scene.stack.sync();
  expect((await scene.activities(tama)).map(({ name }) => name)).toEqual(['Renamed', 'Planned', 'Late']);
});

test('S1, S11: a sync brings in people first and then reads their calendars, and reports both apart', async () => {
  const { services, enterpriseId, tenant } = scene.stack;
  // Nothing but a run applies anything.
  await services.settings.setSettings(enterpriseId, { teamSync: false }, { by: 'test' });
  await ownersLooked();
  const mail = 'newcomer@kiwipower.test';
  const properties = { displayName: 'New', givenName: 'New', mail, userPrincipalName: mail, accountEnabled: true };
  const mailbox = { timeZone: 'UTC', userPurpose: 'user' };
  const id = tenant.directory.createUser(properties, mailbox).objectId;
  tenant.directory.addMember(scene.group, id);
  scene.event(id, { subject: 'First day' });
  const run = await scene.stack.sync();
  expect(run).toMatchObject({ status: 'succeeded', counts: { created: 1, teamAdded: 1, activitiesCreated: 1 } });
  expect(run.counts.calendars).toBeGreaterThanOrEqual(1);
  expect(await scene.activities(id)).toMatchObject([{ name: 'First day', status: 'scheduled' }]);
  // Undone, both go again, and the next sync leaves it so.
  expect(await services.undo.run(enterpriseId, run._id, BY)).toMatchObject({ people: 1, skipped: [] });
  await scene.stack.sync();
  expect(await services.people.findOrNull(enterpriseId, id)).toBeNull();
  expect(await scene.activities(id)).toEqual([]);
  await services.settings.setSettings(enterpriseId, { teamSync: true }, { by: 'test' });
});
