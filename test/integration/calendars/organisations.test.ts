import { ACTIVITIES } from '../../../src/records/activities/types.js';
import { LEDGER } from '../../../src/records/types.js';
import { at, type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterAll(() => scene?.stack.close());

const row = (objectId: string) => calendarOf(scene.stack.services.mirror.calendars, scene.stack.tenant.id, objectId);
const codes = async (objectId: string) => ((await row(objectId))?.problems ?? []).map(({ code }) => code);

async function has(objectId: string, wanted: readonly string[], message: string): Promise<void> {
  const seen = async () => JSON.stringify(await codes(objectId)) === JSON.stringify(wanted);
  await waitFor(seen, { message });
}

async function followed(name: string): Promise<string> {
  const who = await scene.person(name);
  await scene.watched(who);
  return who;
}

async function choose(patch: object): Promise<void> {
  const { enterpriseId, organisationId, services } = scene.stack;
  await services.structure.setCalendarActivities({ enterpriseId, organisationId, patch, by: 'test' });
}

test('E57: without an activity type nothing is made, and the calendar says so; a type that asks for approval waits', async () => {
  const { enterpriseId, services, tenant } = scene.stack;
  await choose({ type: null });
  const who = await followed('Aroha');
  const event = scene.event(who);
  await has(who, ['activity_type_missing'], 'nothing is said');
  expect(await scene.activities(who)).toEqual([]);
  expect((await row(who))?.problems[0]).toMatchObject({ subject: null, message: expect.stringContaining('1 event') });

  await choose({ type: 'Field visit', needsApproval: true });
  tenant.calendars.updateEvent(who, event, { subject: 'Pole 8' });
  const [waiting] = await scene.until(who, (rows) => rows.length === 1, 'no activity');
  expect(waiting).toMatchObject({ status: 'awaiting_approval', name: 'Pole 8' });
  expect(await codes(who)).toEqual([]);

  const ref = { enterpriseId, activity: waiting?._id ?? '' };
  await expect(services.activities.start(ref, { who: 'aroha' })).rejects.toMatchObject({ field: expect.anything() });
  await services.activities.approve(ref, { who: 'manager' });
  tenant.calendars.updateEvent(who, event, { subject: 'Pole 9' });
  const [approved] = await scene.until(who, ([only]) => only?.name === 'Pole 9', 'does not follow');
  expect(approved).toMatchObject({ _id: waiting?._id, status: 'scheduled' });
  await choose({ needsApproval: false });
});

test('E50, E57: the type that is chosen reaches what is made or comes back from then on, and nothing else', async () => {
  const { enterpriseId, services, tenant } = scene.stack;
  const typesOf = async (objectId: string) =>
    (await services.activities.list(enterpriseId, { person: objectId })).map(({ name, type }) => [name, type]);
  const who = await followed('Dita');
  await choose({ type: 'Field visit' });
  const event = scene.event(who, { subject: 'Pole 1' });
  const [made] = await scene.until(who, (rows) => rows.length === 1, 'no activity');
  expect(made).toMatchObject({ type: 'Field visit' });
  const ledger = services.store.collection(LEDGER);
  expect(await ledger.findOne({ activityId: made?._id, kind: 'activity_create' })).toMatchObject({
    after: { type: 'Field visit' },
  });

  await choose({ type: 'Depot round' });
  tenant.calendars.updateEvent(who, event, { subject: 'Pole 2' });
  await scene.until(who, ([only]) => only?.name === 'Pole 2', 'does not follow');
  expect(await typesOf(who)).toEqual([['Pole 2', 'Field visit']]);

  tenant.calendars.updateEvent(who, event, { showAs: 'free' });
  await scene.until(who, ([only]) => only?.status === 'cancelled', 'not cancelled');
  expect(await typesOf(who)).toEqual([['Pole 2', 'Field visit']]);
  tenant.calendars.updateEvent(who, event, { showAs: 'busy' });
  await scene.until(who, ([only]) => only?.status === 'scheduled', 'does not come back');
  expect(await typesOf(who)).toEqual([['Pole 2', 'Depot round']]);
  const back = await ledger.find({ activityId: made?._id, kind: 'activity_create' }).sort({ at: -1 }).toArray();
  expect(back[0]).toMatchObject({ before: { type: 'Field visit' }, after: { type: 'Depot round' } });

  const byHand = { name: 'Pole 3', start: new Date(`${at(60).dateTime}Z`), finish: new Date(`${at(61).dateTime}Z`) };
  await services.activities.schedule({ enterpriseId, person: who }, byHand, { who: 'test' });
  await services.store.collection(ACTIVITIES).updateMany({ userId: made?.userId }, { $unset: { type: 1 } });
  // As rows of before types were kept.
  expect(await typesOf(who)).toEqual([
    ['Pole 2', 'Calendar activity'],
    ['Pole 3', null],
  ]);
});

test('E52: events that overlap are both scheduled and the calendar says so; the same event twice is one activity', async () => {
  const who = await followed('Bex');
  scene.event(who, { subject: 'Pole 1', start: at(30), end: at(33) });
  const later = scene.event(who, { subject: 'Pole 2', start: at(32), end: at(34) });
  await scene.until(who, (rows) => rows.length === 2, 'not both');
  await has(who, ['activity_overlap'], 'the overlap is not said');
  const twin = { subject: 'Pole 3', start: at(50), end: at(51) };
  for (const _ of [1, 2]) scene.event(who, twin);
  scene.stack.tenant.calendars.updateEvent(who, later, { start: at(40), end: at(41) });
  await has(who, [], 'the overlap stays');
  const rows = await scene.activities(who);
  expect(rows.map(({ name, status }) => [name, status])).toEqual([
    ['Pole 1', 'scheduled'],
    ['Pole 2', 'scheduled'],
    ['Pole 3', 'scheduled'],
  ]);
});

test('E58: only the default calendar is asked for: no other calendar, no list of calendars, no group', async () => {
  const who = await followed('Cleo');
  const event = scene.event(who);
  await scene.until(who, (rows) => rows.length === 1, 'no activity');
  scene.stack.tenant.calendars.deleteEvent(who, event);
  await scene.until(who, ([only]) => only?.status === 'cancelled', 'not cancelled');
  await scene.stack.sync();
  const { items }: { items: { path: string; parts?: { path: string }[] }[] } = JSON.parse(
    await (await fetch(`${scene.stack.simulator.control}/requests`)).text(),
  );
  const asked = items.flatMap(({ path, parts = [] }) => [path, ...parts.map((part) => part.path)]);
  const ofCalendars = asked.filter((path) => /calendar|events/i.test(path));
  const plain = ofCalendars.map((path) => path.replace(/^\/v1\.0/, '').replace(/\?.*$/, ''));
  const shapes = new Set(
    plain.map((path) => path.replace(/[0-9a-f-]{36}/i, '{user}').replace(/events\/.+/, 'events/{id}')),
  );
  expect([...shapes].sort()).toEqual(['/users/{user}/calendarView', '/users/{user}/events/{id}']);
});
