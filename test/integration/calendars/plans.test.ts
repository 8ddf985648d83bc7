import { calendarNote } from '../../../src/changes/merge-notes.js';
import { RUN_ITEMS } from '../../../src/reconciliation/types.js';
import { USERS } from '../../../src/records/types.js';
import { at, type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';
import { ownersLooked } from '../../support/scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
  // Nothing but a run applies anything.
  await scene.stack.services.settings.setSettings(scene.stack.enterpriseId, { teamSync: false }, { by: 'test' });
  await ownersLooked();
});
afterAll(() => scene?.stack.close());

/** Somebody in the mapped group whom no run has seen. */
function newcomer(name: string): string {
  const { tenant } = scene.stack;
  const mail = `${name.toLowerCase()}@kiwipower.test`;
  const properties = { displayName: name, givenName: name, mail, userPrincipalName: mail, accountEnabled: true };
  const id = tenant.directory.createUser(properties, { timeZone: 'UTC', userPurpose: 'user' }).objectId;
  tenant.directory.addMember(scene.group, id);
  return id;
}

test('L11: the plan of a sync has what newcomers bring in their calendars, and applied exactly all of it comes', async () => {
  const { services, enterpriseId } = scene.stack;
  const id = newcomer('Aroha');
  scene.event(id, { subject: 'First day', start: at(30), end: at(31) });
  const plan = await scene.stack.sync({ dry: true });
  expect(plan.counts).toMatchObject({ created: 1, activitiesCreated: 1 });
  expect(await services.people.findOrNull(enterpriseId, id)).toBeNull();
  const items = (await services.runs.items(plan._id)).filter(({ person }) => person === id);
  expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['create', 'activity_create']));

  const request = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false, planId: plan._id } as const;
  const { run } = await services.runs.request(request);
  const applied = await services.runs.wait(run._id, { timeoutMs: 60_000 });
  expect(applied).toMatchObject({ status: 'succeeded', counts: { created: 1, activitiesCreated: 1 } });
  expect(await scene.activities(id)).toMatchObject([{ name: 'First day', status: 'scheduled' }]);
});

test.each([
  ['E57: a plan makes nothing of another type than it showed', { type: 'Depot round' }, {}, []],
  ['L11: a plan that names no type, as older versions made them, is applied', {}, { 'after.type': 1 }, ['Pole 1']],
] as const)('%s', async (name, patch, unset, made) => {
  const { services, enterpriseId, organisationId } = scene.stack;
  const id = newcomer(name.slice(0, 3));
  scene.event(id, { subject: 'Pole 1', start: at(30), end: at(31) });
  const plan = await scene.stack.sync({ dry: true });
  const ofEvent = { runId: plan._id, person: id, kind: 'activity_create' };
  const items = services.store.collection(RUN_ITEMS);
  expect(await items.findOne(ofEvent)).toMatchObject({ after: { name: 'Pole 1', type: 'Calendar activity' } });
  await items.updateOne(ofEvent, Object.keys(unset).length > 0 ? { $unset: unset } : { $set: {} });
  const chosen = { enterpriseId, organisationId, by: 'test' };
  await services.structure.setCalendarActivities({ ...chosen, patch });
  const request = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false, planId: plan._id } as const;
  await services.runs.wait((await services.runs.request(request)).run._id, { timeoutMs: 60_000 });
  expect((await scene.activities(id)).map(({ name: what }) => what)).toEqual(made);
  await services.structure.setCalendarActivities({ ...chosen, patch: { type: 'Calendar activity' } });
});

test('S11: a sync tells what it met in calendars, once, and whether that is a problem still', async () => {
  const { services, tenant } = scene.stack;
  const id = newcomer('Bryn');
  scene.event(id, { subject: 'Pole 7', start: at(30), end: at(33) });
  const second = scene.event(id, { subject: 'Pole 8', start: at(32), end: at(34) });
  const run = await scene.stack.sync();
  // Each calendar is read once, however many people the run brought in.
  const linked = await services.store.collection(USERS).countDocuments({ 'entra.objectId': { $exists: true } });
  expect(run.counts.calendars).toBe(linked);
  const met = async () => {
    const page = await services.runItems.page(run, { person: id, code: 'activity_overlap', limit: 10 });
    return page.items.map(({ code, result, isOpen }) => ({ code, result, isOpen }));
  };
  expect(await met()).toEqual([{ code: 'activity_overlap', result: 'warning', isOpen: true }]);
  const again = await scene.stack.sync();
  expect(again.counts.warnings).toBe(run.counts.warnings - 1);
  tenant.calendars.updateEvent(id, second, { start: at(40), end: at(41) });
  await scene.stack.sync();
  expect(await met()).toEqual([{ code: 'activity_overlap', result: 'warning', isOpen: false }]);
});

test('S11: a calendar that is told of while a sync reads it is read once more, and counted once', async () => {
  const { stack } = scene;
  const { services, simulator, tenant, enterpriseId } = stack;
  const id = newcomer('Cara');
  scene.event(id, { subject: 'Lunch', start: at(30), end: at(31), showAs: 'free' });
  await stack.sync();
  const watching = { resource: `users/${id}/events`, state: 'active' };
  const isWatched = async () => (await services.store.collection('subscriptions').countDocuments(watching)) === 1;
  await waitFor(isWatched, { message: 'not watched' });
  // Once Graph tells of it the calendar is looked at once more: then only the test does.
  await stack.sync();
  const slow = { match: { path: `${id}/calendarView` }, after: 0, times: 10, action: { delayMs: 1_500 } };
  const fault = simulator.faults.add(slow);
  const views = () => simulator.faults.list().find((each) => each.id === fault)?.caught ?? 0;
  const request = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: false } as const;
  const { run } = await services.runs.request(request);
  await waitFor(async () => views() > 0, { message: 'the run does not read it' });
  await services.changes.note([calendarNote({ tenantId: tenant.id, objectId: id }, 'manual')]);
  const done = await services.runs.wait(run._id, { timeoutMs: 60_000 });
  const linked = await services.store.collection(USERS).countDocuments({ 'entra.objectId': { $exists: true } });
  expect(views()).toBe(2);
  expect(done.counts).toMatchObject({ calendars: linked, activitiesSkipped: 1 });
});

test('L12: a plan holds what a sync would hold: cancellations are counted over all calendars before, each event once', async () => {
  const { services, enterpriseId, simulator, tenant } = scene.stack;
  const brake = (removalBrakePercent: number) =>
    services.settings.setSettings(enterpriseId, { removalBrakePercent }, { by: 'test' });
  await brake(50);
  const people = ['Dana', 'Eru', 'Fern', 'Gina'].map(newcomer);
  const events = people.map((id, index) =>
    [0, 1, 2].map((hour) =>
      scene.event(id, { subject: `${id} ${hour}`, start: at(50 + hour * 2), end: at(51 + hour * 2 + index / 60) }),
    ),
  );
  await scene.stack.sync();
  simulator.delivery.settings.loss = 1;
  for (const [index, id] of people.entries())
    for (const event of events[index] ?? []) tenant.calendars.deleteEvent(id, event);
  const plan = await scene.stack.sync({ dry: true });
  const planned = (await services.runs.items(plan._id)).filter(({ person }) => people.includes(person ?? ''));
  const run = await scene.stack.sync();
  simulator.delivery.settings.loss = 0;
  const cancelled = planned.filter(({ kind }) => kind === 'activity_cancel').length;
  const held = planned.filter(({ after }) => after === 'held').length;
  expect(cancelled + held).toBe(12);
  expect(held).toBeGreaterThan(0);
  expect(plan.counts).toMatchObject({ activitiesCancelled: run.counts.activitiesCancelled });
  expect(cancelled).toBe(run.counts.activitiesCancelled);
  await services.decisionActs.approve(enterpriseId, { all: true }, { who: 'test' });
  await brake(100);
});
