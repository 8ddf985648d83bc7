import { HOUR_MS } from '../../../src/kernel/clock.js';
import { at, type CalendarScene, calendarOf, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene();
});
afterAll(() => scene?.stack.close());

/** The subscription of a person's calendar, as it is kept. */
async function subscription(objectId: string) {
  const rows = await scene.stack.services.subscriptions.ofTenant(scene.stack.tenant.id);
  const found = rows.find(({ resource }) => resource === `users/${objectId}/events`);
  if (!found) throw new Error('the calendar has no subscription');
  return found;
}

async function control(method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${scene.stack.simulator.control}${path}`, init);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
}

/** Nothing is on its way, noted, or to be looked at again soon: only what comes next can lead to a reading. */
async function quiet(objectId: string): Promise<void> {
  const { services, simulator, tenant } = scene.stack;
  const isQuiet = async () => {
    if (simulator.delivery.waiting() > 0 || (await services.changes.stats(tenant.id)).open > 0) return false;
    const row = await calendarOf(services.mirror.calendars, tenant.id, objectId);
    return row !== null && row.dueAt.getTime() > Date.now() + HOUR_MS;
  };
  await waitFor(isQuiet, { message: 'the calendar is not quiet' });
}

/** Somebody whose calendar is followed, with an activity, and an event that Graph tells nobody of. */
async function untold(name: string): Promise<string> {
  const who = await scene.person(name);
  await scene.watched(who);
  scene.event(who, { subject: 'First', start: at(20), end: at(21) });
  await scene.until(who, (rows) => rows.length === 1, 'no activity');
  await quiet(who);
  const { delivery } = scene.stack.simulator;
  delivery.settings.loss = 1;
  scene.event(who, { subject: 'Untold' });
  delivery.settings.loss = 0;
  return who;
}

test('missed: a subscription of a calendar that lost something leads to a reading of that calendar', async () => {
  const who = await untold('Aroha');
  const before = await subscription(who);
  expect(await scene.activities(who)).toHaveLength(1);
  await control('PATCH', `/subscriptions/${before.subscriptionId}`, { lifecycleEvent: 'missed' });
  const [, activity] = await scene.until(who, (rows) => rows.length === 2, 'not read');
  expect(activity).toMatchObject({ name: 'Untold', status: 'scheduled' });
  expect((await subscription(who)).subscriptionId).toBe(before.subscriptionId);
});

test('subscriptionRemoved: once Graph says 404 it is made anew, and the calendar is read for what went untold', async () => {
  const who = await untold('Bex');
  const before = await subscription(who);
  expect(await scene.activities(who)).toHaveLength(1);
  await control('PATCH', `/subscriptions/${before.subscriptionId}`, { lifecycleEvent: 'subscriptionRemoved' });
  const anew = async () => {
    const now = await subscription(who);
    return now.state === 'active' && now.subscriptionId !== before.subscriptionId;
  };
  await waitFor(anew, { message: 'not made anew' });
  await scene.until(who, (rows) => rows.some(({ name }) => name === 'Untold'), 'not read');
  scene.event(who, { subject: 'Told', start: at(40), end: at(41) });
  await scene.until(who, (rows) => rows.some(({ name }) => name === 'Told'), 'the new one tells nothing');
});

test('L8: a 404 page of something on the way says nothing of a mailbox, and its calendar goes on being watched', async () => {
  const who = await scene.person('Hemi');
  await scene.watched(who);
  await scene.settled(who);
  const { services, tenant } = scene.stack;
  const page = { status: 404, body: '<html>Not found. nginx</html>' };
  await control('POST', '/faults', { match: { method: 'POST', path: '/subscriptions$' }, action: page });
  const { _id } = await subscription(who);
  // Made anew with another secret, at its moment.
  await services.subscriptions.update(_id, { keyId: '0000', renewAt: new Date(0) });
  await waitFor(async () => (await subscription(who)).problem !== null, { message: 'no page came' });
  expect(await subscription(who)).toMatchObject({ state: 'creating', problem: expect.stringMatching(/proxies/) });
  await services.subscriptions.update(_id, { updatedAt: new Date(0), nextTryAt: null });
  await waitFor(async () => (await subscription(who)).state === 'active', { message: 'not made anew' });
  expect(await calendarOf(services.mirror.calendars, tenant.id, who)).toMatchObject({ state: 'ok', problem: null });
});
