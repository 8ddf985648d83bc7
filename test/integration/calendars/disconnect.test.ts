import { randomUUID } from 'node:crypto';
import type { ObjectId } from 'mongodb';
import { calendarNote } from '../../../src/changes/merge-notes.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { INTEGRATIONS, type IntegrationRow } from '../../../src/tenancy/types.js';
import { at, type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';

const BY = 'anna';
const ENOUGH_MS = 60_000;
let scene: CalendarScene;
let who: string;

beforeAll(async () => {
  scene = await startCalendarScene();
  // The tests cancel themselves: the alarm clock would now and then be first.
  const alarm = scene.stack.services.store.collection<{ _id: ObjectId; disabled?: true }>('agendaJobs');
  await alarm.updateMany({}, { $set: { disabled: true } });
  who = await scene.person('Aroha');
  scene.event(who, { subject: 'Under way', start: at(20), end: at(21) });
  scene.event(who, { subject: 'To come', start: at(30), end: at(31) });
  const [first] = await scene.until(who, (rows) => rows.length === 2, 'no activities');
  const { activities } = scene.stack.services;
  const { enterpriseId } = scene.stack;
  await activities.start({ enterpriseId, activity: first?._id ?? '' }, { who: 'aroha' });
  const planned = { name: 'By hand', start: new Date(`${at(40).dateTime}Z`), finish: new Date(`${at(41).dateTime}Z`) };
  await activities.schedule({ enterpriseId, person: who }, planned, { who: 'aroha' });
});
afterAll(() => scene?.stack.close());

async function statuses(): Promise<Record<string, string>> {
  const rows = await scene.stack.services.store.collection<ActivityRow>(ACTIVITIES).find().toArray();
  return Object.fromEntries(rows.map(({ name, status }) => [name, status]));
}

async function reconnect(): Promise<void> {
  const { microsoft, enterpriseId, tenant } = scene.stack;
  await microsoft.proofs.attest(enterpriseId, { tenantText: tenant.id, reason: 'a test', by: BY });
}

const PLANNED = { 'Under way': 'active', 'To come': 'scheduled', 'By hand': 'scheduled' };
const CANCELLED = { ...PLANNED, 'To come': 'cancelled' };

test('domain 4.5: unless somebody chooses, disconnecting keeps what came from calendars', async () => {
  const { leaveTenant } = scene.stack.services;
  expect(await leaveTenant.toCancel(scene.stack.enterpriseId)).toBe(1);
  await leaveTenant.disconnect(scene.stack.enterpriseId, { by: BY });
  expect(await leaveTenant.finish(ENOUGH_MS)).toBe(0);
  expect(await statuses()).toEqual(PLANNED);
});

test('what was kept stays while the same tenant is connected again and no sync has begun', async () => {
  const { services, tenant } = scene.stack;
  await reconnect();
  await services.changes.note([calendarNote({ tenantId: tenant.id, objectId: who }, 'catch_up')]);
  await scene.settled();
  expect(await statuses()).toEqual(PLANNED);
  await scene.stack.sync();
  await scene.settled();
  expect(await statuses()).toEqual(PLANNED);
});

test('domain 4.5: where it is chosen, what has not begun is cancelled in the name of who chose, and nothing else', async () => {
  const { services, enterpriseId } = scene.stack;
  await services.leaveTenant.disconnect(enterpriseId, { by: BY, calendarActivities: 'cancel' });
  expect(await statuses()).toEqual(CANCELLED);
  const [entry, ...others] = await services.store
    .collection<LedgerRow>(LEDGER)
    .find({ kind: 'activity_cancel' })
    .toArray();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    ...{ objectId: who, taking: null, why: 'the tenant was disconnected or changed' },
    cause: { by: 'person', who: BY, reason: 'the tenant was disconnected or changed' },
    before: { status: 'scheduled' },
    after: { status: 'cancelled', cancelledReason: 'calendar_off' },
  });
  expect(await services.leaveTenant.toCancel(enterpriseId)).toBe(0);
});

test('the same tenant connected again brings back what its calendars still have', async () => {
  await reconnect();
  await scene.stack.sync();
  await scene.until(who, (rows) => rows.every(({ status }) => status !== 'cancelled'), 'not back');
  expect(await statuses()).toEqual(PLANNED);
});

test('what a process left undone the alarm clock ends, unless the tenant was connected again meanwhile', async () => {
  const { integrations, leaveTenant } = scene.stack.services;
  const { enterpriseId } = scene.stack;
  await integrations.disconnect(enterpriseId, BY, 'cancel');
  await reconnect();
  await leaveTenant.finish(ENOUGH_MS);
  expect(await statuses()).toEqual(PLANNED);
  await integrations.disconnect(enterpriseId, BY, 'cancel');
  await leaveTenant.finish(ENOUGH_MS);
  expect(await statuses()).toEqual(CANCELLED);
});

async function plant(prefix: string, count: number, of: (i: number) => Partial<ActivityRow>): Promise<void> {
  const { store } = scene.stack.services;
  const [like] = await scene.activities(who).then((all) => all.filter(({ name }) => name === 'To come'));
  if (!like) throw new Error('no activity');
  const rows = Array.from({ length: count }, (_, i): ActivityRow => {
    const _id = `${prefix} ${i}`;
    const calendar = { eventId: _id, key: _id };
    return { ...like, _id, status: 'scheduled', cancelledReason: null, name: 'Many', calendar, ...of(i) };
  });
  await store.collection<ActivityRow>(ACTIVITIES).insertMany(rows);
}

const left = () =>
  scene.stack.services.store.collection<ActivityRow>(ACTIVITIES).countDocuments({ name: 'Many', status: 'scheduled' });

test('many are cancelled in several transactions', async () => {
  const { leaveTenant, integrations } = scene.stack.services;
  const { enterpriseId } = scene.stack;
  await reconnect();
  await plant('many', 450, () => ({}));
  await integrations.disconnect(enterpriseId, BY, 'cancel');
  await leaveTenant.finish(ENOUGH_MS);
  expect(await left()).toBe(0);
});

test('activities whose person is gone stop nobody else from being let off theirs', async () => {
  const { services, enterpriseId } = scene.stack;
  const { leaveTenant, integrations } = services;
  await reconnect();
  const soon = new Date(`${at(25).dateTime}Z`);
  // They begin first, so that the first transaction finds nothing but them, and the next one some of them.
  const gone = (i: number) => ({ scheduledStart: soon, userId: `nobody ${i % 2}` });
  await plant('more', 650, (i) => (i < 250 ? gone(i) : {}));
  await integrations.disconnect(enterpriseId, BY, 'cancel');
  await leaveTenant.finish(ENOUGH_MS);
  expect(await left()).toBe(250);
  const rows = services.store.collection<IntegrationRow>(INTEGRATIONS);
  expect((await rows.findOne({ _id: enterpriseId }))?.activitiesEnd).toBeNull();
});

test('domain 4.5: with another tenant it is chosen too; the new one keeps what its calendars gave meanwhile', async () => {
  const { services, microsoft, enterpriseId } = scene.stack;
  await reconnect();
  await plant('former', 250, () => ({}));
  const people = services.store.collection<UserRow>(USERS);
  const person = await scene.userOf(who);
  if (!person?.entra) throw new Error('no person');
  const tenantText = randomUUID();
  await people.insertOne({
    ...person,
    _id: 'new',
    emailKey: 'new@x',
    entra: { ...person.entra, tenantId: tenantText },
  });
  await plant('theirs', 1, () => ({ userId: 'new' }));
  const wanted = { tenantText, by: BY, changeTenant: true, calendarActivities: 'cancel' } as const;
  await microsoft.connect.begin(enterpriseId, wanted);
  // Entered once more before it is done: that takes nothing of the choice back.
  await microsoft.connect.begin(enterpriseId, { tenantText, by: BY });
  await services.leaveTenant.goOn(enterpriseId);
  const rows = services.store.collection<ActivityRow>(ACTIVITIES);
  expect(await rows.countDocuments({ _id: /^former/, status: 'scheduled' })).toBe(0);
  expect(await rows.countDocuments({ _id: 'theirs 0', status: 'scheduled' })).toBe(1);
});
