import { calendarNote } from '../../../src/changes/merge-notes.js';
import { CALENDARS, type CalendarRow } from '../../../src/mirror/calendars-store.js';
import { SUBSCRIPTIONS, type SubscriptionRow } from '../../../src/subscriptions/types.js';
import { at, type CalendarScene, startCalendarScene } from '../../support/calendar-scene.js';
import { waitFor } from '../../support/wait-for.js';

const LAG_MS = 8_000;
const UNDER_WAY_MS = 60_000;

let scene: CalendarScene;

beforeAll(async () => {
  scene = await startCalendarScene({ env: { LAG_MAILBOX_MS: String(LAG_MS), LOOKS_MS: '100' } });
});
beforeEach(() => {
  Object.assign(scene.stack.simulator.delivery.settings, { loss: 0, delayMs: 0 });
});
afterAll(() => scene?.stack.close());

const rows = () => scene.stack.services.store.collection<CalendarRow>(CALENDARS);

async function subscriptionOf(objectId: string): Promise<SubscriptionRow> {
  const wanted = { resource: `users/${objectId}/events`, state: 'active' as const };
  const subscriptions = scene.stack.services.store.collection<SubscriptionRow>(SUBSCRIPTIONS);
  return waitFor(() => subscriptions.findOne(wanted), { message: 'not subscribed' }).then((row) => {
    if (!row) throw new Error('not subscribed');
    return row;
  });
}

/** When the last reading began. */
async function readAt(objectId: string): Promise<number> {
  const verifiedAt = (await rows().findOne({ objectId }))?.verifiedAt;
  return verifiedAt ? verifiedAt.getTime() + LAG_MS : 0;
}

/** Reads the calendar as the night does: nobody told of it. */
async function nightly(objectId: string): Promise<void> {
  const since = Date.now();
  await rows().updateOne({ objectId }, { $set: { dueAt: new Date(since) } });
  await waitFor(async () => (await readAt(objectId)) >= since, { message: 'not read' });
}

/** Nothing is looked for, and no look for the lag is still to come. */
async function quiet(objectId: string): Promise<void> {
  const isQuiet = async () => {
    const row = await rows().findOne({ objectId });
    return row?.looks === 0 && row.dueAt.getTime() > Date.now() + 60_000 && row.events.length === 1;
  };
  await waitFor(isQuiet, { message: 'no quiet calendar' });
}

/** Somebody whose calendar was read since Graph began to tell of it, with nothing more to look for. */
async function followed(name: string): Promise<{ objectId: string; event: string }> {
  const objectId = await scene.person(name);
  const event = scene.event(objectId, { subject: 'Pole 7' });
  await subscriptionOf(objectId);
  await quiet(objectId);
  await nightly(objectId);
  return { objectId, event };
}

const edit = (objectId: string, event: string, subject: string) =>
  scene.stack.tenant.calendars.updateEvent(objectId, event, { subject });

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${scene.stack.opsUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}{kind="events"} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** What is found from now on is judged after this. */
async function judged(objectId: string): Promise<void> {
  const readMs = await readAt(objectId);
  await waitFor(() => Date.now() > readMs + LAG_MS + 1_000, { message: 'time stands still' });
}

test('what only the nightly reading finds is the loss of that mailbox; twice in a row, and it is watched anew', async () => {
  const [mine, other] = [await followed('Ana'), await followed('Ben')];
  const before = await subscriptionOf(mine.objectId);
  scene.stack.simulator.delivery.settings.loss = 1;
  edit(mine.objectId, mine.event, 'Pole 8');
  await nightly(mine.objectId);
  const lostOnce = async () => (await subscriptionOf(mine.objectId)).lostNotices === 1;
  await waitFor(lostOnce, { message: 'not counted' });
  const once = await subscriptionOf(mine.objectId);
  expect(once).toMatchObject({ subscriptionId: before.subscriptionId, lossStreak: 1 });

  await quiet(mine.objectId);
  edit(mine.objectId, mine.event, 'Pole 9');
  await nightly(mine.objectId);
  const anew = async () => (await subscriptionOf(mine.objectId)).subscriptionId !== before.subscriptionId;
  await waitFor(anew, { message: 'not made anew' });
  expect(await subscriptionOf(mine.objectId)).toMatchObject({ lostNotices: 2, lossStreak: 0, problem: null });
  expect((await subscriptionOf(other.objectId)).lostNotices).toBeUndefined();
  expect(await metric('notices_lost_total')).toBe(2);
  expect(await metric('subscriptions_losing_total')).toBe(1);
});

test('what Graph told of late, but within the lag, is not lost', async () => {
  const { objectId, event } = await followed('Cal');
  // On Graph's clock, which is moved once the reading has come first.
  scene.stack.simulator.delivery.settings.delayMs = UNDER_WAY_MS;
  edit(objectId, event, 'Pole 8');
  await nightly(objectId);
  scene.stack.simulator.world.clock.advance(UNDER_WAY_MS);
  await waitFor(async () => (await rows().findOne({ objectId }))?.notifiedAt, {
    message: 'not told',
  });
  await judged(objectId);
  expect((await subscriptionOf(objectId)).lostNotices).toBeUndefined();
});

test('what a renewal makes us look at is measured too', async () => {
  const { objectId, event } = await followed('Dan');
  scene.stack.simulator.delivery.settings.loss = 1;
  edit(objectId, event, 'Pole 8');
  scene.event(objectId, { subject: 'Mill', start: at(30), end: at(31) });
  const { services, tenant } = scene.stack;
  await services.changes.note([calendarNote({ tenantId: tenant.id, objectId }, 'catch_up')]);
  const isCounted = async () => (await subscriptionOf(objectId)).lostNotices === 2;
  await waitFor(isCounted, { message: 'not counted' });
});
