import type { UserRow } from '../../../src/records/types.js';
import { applyCalendars, type CalendarToApply } from '../../../src/sync/mailboxes/apply/apply-calendars.js';
import { createCalendarWriter } from '../../../src/sync/mailboxes/apply/calendar-writer.js';
import { type CalendarHarness, objectIdOf, openCalendarHarness } from '../../support/calendar-harness.js';
import { at } from '../../support/calendar-scene.js';

let harness: CalendarHarness;

beforeAll(async () => {
  harness = await openCalendarHarness();
});
afterAll(() => harness?.close());

async function crew(...names: readonly string[]): Promise<UserRow[]> {
  const people: UserRow[] = [];
  for (const name of names) people.push(await harness.person(name));
  return people;
}

function event(user: UserRow, hours: number): string {
  const given = { subject: `Pole ${hours}`, start: at(hours), end: at(hours + 1) };
  return harness.tenant.calendars.createEvent(objectIdOf(user), given).eventId;
}

async function asRead(user: UserRow): Promise<CalendarToApply> {
  return { objectId: objectIdOf(user), read: await harness.read(user), change: null, runId: null };
}

const statuses = async (user: UserRow) => (await harness.activities(user)).map(({ status }) => status);

test('calendars that come while another is written are written together, each as by itself', async () => {
  const people = await crew('aroha', 'bryn', 'cleo', 'dai');
  for (const [index, user] of people.entries()) for (let n = 0; n <= index; n += 1) event(user, 24 + 2 * n);
  const writer = createCalendarWriter(harness.deps);
  const reads = await Promise.all(people.map(asRead));
  const counts = await Promise.all(reads.map((read) => writer.apply(harness.owner, read)));
  expect(counts.map(({ activitiesCreated }) => activitiesCreated)).toEqual([1, 2, 3, 4]);
  for (const [index, user] of people.entries()) expect(await statuses(user)).toHaveLength(index + 1);
});

test('a calendar that the code cannot handle fails alone; those written with it are written', async () => {
  const people = await crew('ewan', 'fleur', 'gwen');
  for (const user of people) event(user, 24);
  const writer = createCalendarWriter(harness.deps);
  const [first, second, third] = await Promise.all(people.map(asRead));
  if (!first || !second || !third) throw new Error('three were read');
  const poison = { ...second, read: { ...second.read, events: [null] } } as unknown as CalendarToApply;
  const ends = await Promise.allSettled([first, poison, third].map((read) => writer.apply(harness.owner, read)));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await Promise.all(people.map(statuses))).toEqual([['scheduled'], [], ['scheduled']]);
});

test('L12: the guard counts what calendars of the same transaction lose: from the crossing line on it holds', async () => {
  const { store, enterpriseId, services } = { ...harness.services, ...harness };
  const brake = { $set: { 'inEffect.settings.removalBrakePercent': 25 } };
  await store.collection<{ _id: string }>('integrations').updateOne({ _id: enterpriseId }, brake);
  const people = await crew('hana', 'iris', 'jack', 'kiri', 'liam', 'mere', 'nico', 'omar');
  const events = people.map((user) => [event(user, 24), event(user, 30)] as const);
  for (const user of people) await harness.readAndApply(user);
  // 16 and what the tests before left; each loses one: a quarter is passed on the way.
  for (const [index, user] of people.entries())
    harness.tenant.calendars.deleteEvent(objectIdOf(user), events[index]?.[0] ?? '');
  const reads = await Promise.all(people.map(asRead));
  const counts = await applyCalendars(harness.deps, harness.owner, reads);
  const cancelled = counts.map(({ activitiesCancelled }) => activitiesCancelled);
  const held = counts.map((each) => each.held);
  expect(cancelled.map((count, index) => count + (held[index] ?? 0))).toEqual(people.map(() => 1));
  expect(held.at(-1)).toBe(1);
  expect(cancelled[0]).toBe(1);
  expect(held).toEqual([...held].sort());
  expect(await services.decisionActs.approve(enterpriseId, { all: true }, { who: 'test' })).toBeDefined();
});
