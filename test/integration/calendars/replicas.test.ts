import { calendarNote } from '../../../src/changes/merge-notes.js';
import { HOUR_MS, systemClock } from '../../../src/kernel/clock.js';
import type { UserRow } from '../../../src/records/types.js';
import { type CalendarHarness, objectIdOf, openCalendarHarness } from '../../support/calendar-harness.js';
import { at } from '../../support/calendar-scene.js';

const LAG_MS = 120_000;

let harness: CalendarHarness;
/** How far ahead the time of service and tenant is. */
let aheadMs = 0;
const nowMs = () => systemClock.nowMs() + aheadMs;

beforeAll(async () => {
  harness = await openCalendarHarness({ clock: { nowMs, now: () => new Date(nowMs()), sleep: systemClock.sleep } });
});
afterAll(() => harness?.close());

const calendars = () => harness.tenant.calendars;

/** What the calendar says is read and applied, as far as replicas allow. */
async function look(user: UserRow, { notified = false } = {}): Promise<void> {
  const { services, tenant } = harness;
  const objectId = objectIdOf(user);
  if (notified) await services.changes.note([calendarNote({ tenantId: tenant.id, objectId }, 'notification')]);
  const wanted = { tenantId: tenant.id, limit: 1, now: services.clock.now(), kinds: ['events'] as const };
  const [change = null] = notified ? await services.changes.takeDue(wanted) : [];
  const what = { objectId, read: await harness.read(user), change, runId: null };
  await harness.apply(what, { times: { lagMailboxMs: LAG_MS, looksMs: [] } });
}

const statuses = async (user: UserRow) => (await harness.activities(user)).map(({ status }) => status);
const dueAt = async (user: UserRow) => (await harness.row(user))?.dueAt.getTime();

/** An activity that was made just now, and its event. */
async function made(name: string): Promise<{ user: UserRow; event: string; settlesMs: number }> {
  const user = await harness.person(name);
  await look(user);
  const given = { subject: 'Pole 7', iCalUId: `uid-${name}`, start: at(72), end: at(73) };
  const event = calendars().createEvent(objectIdOf(user), given).eventId;
  await look(user);
  const [activity] = await harness.activities(user);
  return { user, event, settlesMs: (activity?.updatedAt.getTime() ?? 0) + LAG_MS };
}

test('L7: what was made a moment ago is not cancelled by a mailbox without its event until the lag is over', async () => {
  const { user, event, settlesMs } = await made('aroha');
  calendars().deleteEvent(objectIdOf(user), event);
  await look(user);
  expect(await statuses(user)).toEqual(['scheduled']);
  expect(await dueAt(user)).toBe(settlesMs);
  aheadMs += LAG_MS;
  await look(user);
  expect(await harness.activities(user)).toMatchObject([{ status: 'cancelled', cancelledReason: 'event_deleted' }]);
});

test('L7: an event that counts no more a moment after it was made to count keeps its activity for the lag', async () => {
  const { user, event } = await made('bryn');
  calendars().updateEvent(objectIdOf(user), event, { showAs: 'free' });
  await look(user);
  expect(await statuses(user)).toEqual(['scheduled']);
  calendars().updateEvent(objectIdOf(user), event, { showAs: 'busy' });
  aheadMs += LAG_MS;
  await look(user);
  expect(await statuses(user)).toEqual(['scheduled']);
});

test('L7: what was made an hour ago is cancelled by the first reading without its event', async () => {
  const { user, event } = await made('cleo');
  aheadMs += HOUR_MS;
  calendars().deleteEvent(objectIdOf(user), event);
  await look(user, { notified: true });
  expect(await statuses(user)).toEqual(['cancelled']);
});

test('L7: a meeting that says that it is cancelled is believed at once', async () => {
  const { user, event } = await made('dai');
  calendars().updateEvent(objectIdOf(user), event, { isCancelled: true });
  await look(user);
  expect(await harness.activities(user)).toMatchObject([{ cancelledReason: 'event_cancelled' }]);
});

test('L7: what comes back a moment after it was cancelled is planned at once, and looked at again after the lag', async () => {
  const { user, event } = await made('ewan');
  aheadMs += HOUR_MS;
  calendars().deleteEvent(objectIdOf(user), event);
  await look(user);
  expect(await statuses(user)).toEqual(['cancelled']);
  const given = { subject: 'Pole 7', iCalUId: 'uid-ewan', start: at(72), end: at(73) };
  const again = calendars().createEvent(objectIdOf(user), given).eventId;
  await look(user);
  const [back] = await harness.activities(user);
  expect(back).toMatchObject({ status: 'scheduled' });
  expect(await dueAt(user)).toBe((back?.updatedAt.getTime() ?? 0) + LAG_MS);
  aheadMs += LAG_MS;
  calendars().deleteEvent(objectIdOf(user), again);
  await look(user);
  expect(await statuses(user)).toEqual(['cancelled']);
});

test('L7: a reading that found what Graph told of is repeated once when the lag is over', async () => {
  const { user, event } = await made('fleur');
  aheadMs += HOUR_MS;
  calendars().updateEvent(objectIdOf(user), event, { subject: 'Pole 8' });
  await look(user, { notified: true });
  const [changed] = await harness.activities(user);
  const settlesMs = (changed?.updatedAt.getTime() ?? 0) + LAG_MS;
  expect(await dueAt(user)).toBe(settlesMs);
  // Whatever is read before that does not do instead.
  await look(user, { notified: true });
  expect(await dueAt(user)).toBe(settlesMs);
  aheadMs += LAG_MS;
  await look(user);
  expect(await dueAt(user)).toBeGreaterThan(nowMs() + HOUR_MS);
});

test('L7: a replica that may be behind lets nothing begin; when the lag is over it does', async () => {
  const { user, event } = await made('gwen');
  const from = new Date(nowMs() - 600_000).toISOString().slice(0, 19);
  const given = { start: { dateTime: `${from}.0000000`, timeZone: 'UTC' }, end: at(1 + aheadMs / HOUR_MS) };
  calendars().updateEvent(objectIdOf(user), event, given);
  await look(user);
  const [planned] = await harness.activities(user);
  expect(planned?.scheduledStart?.getTime()).toBeGreaterThan(nowMs());
  aheadMs += LAG_MS;
  await look(user);
  const [running] = await harness.activities(user);
  expect(running).toMatchObject({ status: 'scheduled', scheduledStart: new Date(`${from}Z`) });
});
