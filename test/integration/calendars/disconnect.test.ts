import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { LEDGER, type LedgerRow } from '../../../src/records/types.js';
import { at, type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';

jest.setTimeout(120_000);

const BY = 'anna';
const ENOUGH_MS = 60_000;
let scene: CalendarScene;
let who: string;

beforeAll(async () => {
  scene = await startCalendarScene();
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
  await reconnect();
  await scene.stack.sync();
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
    ...{ objectId: who, taking: null, why: 'the tenant was disconnected' },
    cause: { by: 'person', who: BY, reason: 'the tenant was disconnected' },
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
  expect(await leaveTenant.finish(ENOUGH_MS)).toBe(0);
  expect(await statuses()).toEqual(PLANNED);
  await integrations.disconnect(enterpriseId, BY, 'cancel');
  expect(await leaveTenant.finish(ENOUGH_MS)).toBe(1);
  expect(await leaveTenant.finish(ENOUGH_MS)).toBe(0);
  expect(await statuses()).toEqual(CANCELLED);
});

test('many are cancelled in several transactions', async () => {
  const { store, leaveTenant, integrations } = scene.stack.services;
  const { enterpriseId } = scene.stack;
  await reconnect();
  const rows = store.collection<ActivityRow>(ACTIVITIES);
  const [like] = await scene.activities(who).then((all) => all.filter(({ name }) => name === 'To come'));
  if (!like) throw new Error('no activity');
  const many = Array.from({ length: 450 }, (_, i): ActivityRow => {
    const calendar = { eventId: `event ${i}`, key: `key ${i}` };
    return { ...like, _id: `many ${i}`, status: 'scheduled', cancelledReason: null, name: `Many ${i}`, calendar };
  });
  await rows.insertMany(many);
  await integrations.disconnect(enterpriseId, BY, 'cancel');
  expect(await leaveTenant.finish(ENOUGH_MS)).toBe(450);
  expect(await rows.countDocuments({ name: /^Many/, status: 'scheduled' })).toBe(0);
});
