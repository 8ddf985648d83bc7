import { type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';
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

/** Somebody whose calendar is followed, and an event that Graph tells nobody of. */
async function untold(name: string): Promise<string> {
  const who = await scene.person(name);
  await scene.watched(who);
  await scene.settled();
  const { delivery } = scene.stack.simulator;
  delivery.settings.loss = 1;
  scene.event(who, { subject: 'Untold' });
  await waitFor(() => delivery.waiting() === 0, { message: 'still on its way' });
  delivery.settings.loss = 0;
  return who;
}

test('missed: a subscription of a calendar that lost something leads to a reading of that calendar', async () => {
  const who = await untold('Aroha');
  const before = await subscription(who);
  expect(await scene.activities(who)).toEqual([]);
  await control('PATCH', `/subscriptions/${before.subscriptionId}`, { lifecycleEvent: 'missed' });
  const [activity] = await scene.until(who, (rows) => rows.length === 1, 'not read');
  expect(activity).toMatchObject({ name: 'Untold', status: 'scheduled' });
  expect((await subscription(who)).subscriptionId).toBe(before.subscriptionId);
}, 60_000);

test('subscriptionRemoved: once Graph says 404 it is made anew, and the calendar is read for what went untold', async () => {
  const who = await untold('Bex');
  const before = await subscription(who);
  expect(await scene.activities(who)).toEqual([]);
  await control('PATCH', `/subscriptions/${before.subscriptionId}`, { lifecycleEvent: 'subscriptionRemoved' });
  const anew = async () => {
    const now = await subscription(who);
    return now.state === 'active' && now.subscriptionId !== before.subscriptionId;
  };
  await waitFor(anew, { message: 'not made anew', timeoutMs: 15_000 });
  await scene.until(who, ([only]) => only?.name === 'Untold', 'not read');
  scene.event(who, { subject: 'Told' });
  await scene.until(who, (rows) => rows.some(({ name }) => name === 'Told'), 'the new one tells nothing');
}, 60_000);
