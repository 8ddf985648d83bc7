import type { ChangeRow } from '../../../src/changes/types.js';
import { GraphFailure } from '../../../src/graph/graph-failure.js';
import { HOUR_MS } from '../../../src/kernel/clock.js';
import { createRunWrites } from '../../../src/reconciliation/run-writes.js';
import type { UserRow } from '../../../src/records/types.js';
import { LEDGER } from '../../../src/records/types.js';
import { createAdmission } from '../../../src/sync/admission/admission.js';
import { SwitchedOff } from '../../../src/sync/admission/switched-off.js';
import { LeaseLost } from '../../../src/sync/lease.js';
import { createCalendarWork } from '../../../src/sync/mailboxes/calendar-work.js';
import { createGate } from '../../../src/sync/may-work.js';
import { createLane } from '../../../src/sync/ordering/lane.js';
import { createTickets } from '../../../src/sync/ordering/tickets.js';
import type { Owner } from '../../../src/sync/owner.js';
import { createUntilDue } from '../../../src/sync/pacing/until-due.js';
import { type CalendarHarness, objectIdOf, openCalendarHarness } from '../../support/calendar-harness.js';
import { at } from '../../support/calendar-scene.js';

let harness: CalendarHarness;

beforeAll(async () => {
  harness = await openCalendarHarness();
});
afterAll(() => harness?.close());

/** Somebody with an event that GetHomeSafe knows and one that it does not, both edited, and the note of it. */
async function edited(name: string): Promise<{ user: UserRow; change: ChangeRow }> {
  const { tenant, services } = harness;
  const user = await harness.person(name);
  const objectId = objectIdOf(user);
  const given = { subject: 'Pole 7', start: at(24), end: at(25) };
  const { eventId } = tenant.calendars.createEvent(objectId, given);
  await harness.readAndApply(user);
  tenant.calendars.updateEvent(objectId, eventId, { subject: 'Pole 8' });
  tenant.calendars.createEvent(objectId, { ...given, subject: 'Mill', start: at(30), end: at(31) });
  await services.changes.note([{ tenantId: tenant.id, kind: 'events', objectId, via: 'catch_up', notified: 0 }]);
  const change = await openNote(user);
  if (!change) throw new Error('nothing is noted');
  return { user, change };
}

async function openNote(user: UserRow): Promise<ChangeRow | undefined> {
  const { rows: open } = await harness.services.changes.list({ tenantId: harness.tenant.id, limit: 1_000 });
  return open.find(({ kind, objectId }) => kind === 'events' && objectId === objectIdOf(user));
}

/** Everything that a calendar's reading could have written. */
async function written(user: UserRow) {
  const ledger = harness.services.store.collection(LEDGER).countDocuments({ userId: user._id });
  return { activities: await harness.activities(user), row: await harness.row(user), ledger: await ledger };
}

const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

/** Reads and applies what is open, and sees that it comes then. */
async function comesLater(user: UserRow, change: ChangeRow): Promise<void> {
  const read = await harness.read(user);
  await harness.apply({ objectId: objectIdOf(user), read, change, runId: null });
  expect(names(await harness.activities(user))).toEqual(['Pole 8', 'Mill']);
  expect(await openNote(user)).toBeUndefined();
}

/** The loop over calendars as an owner runs it, stopped once Graph has answered for a calendar. */
async function stoppedAfterReading(): Promise<number> {
  const { services, owner } = harness;
  const stop = new AbortController();
  const { signal } = stop;
  let answers = 0;
  const readCalendar: Owner['graph']['readCalendar'] = async (window, options) => {
    const answer = await owner.graph.readCalendar(window, options);
    answers += 1;
    stop.abort(new Error('the owner stops'));
    return answer;
  };
  const stopping = { ...owner, graph: { ...owner.graph, readCalendar }, signal };
  const gate = createGate({ ...services, openRun: (enterpriseId) => services.runs.openRun(enterpriseId) });
  const { heard, measured } = services.subscriptions;
  const admission = createAdmission(services);
  const untilDue = createUntilDue(services);
  await createCalendarWork({ ...harness.deps, gate, heard, measured, admission, untilDue })
    .run(stopping)
    .catch(() => undefined);
  return answers;
}

test('an owner that is stopped between reading and applying writes nothing and leaves the note open, or all of it', async () => {
  const { user, change } = await edited('aroha');
  const before = await written(user);
  expect(await stoppedAfterReading()).toBe(1);
  const note = await openNote(user);
  if (note) {
    expect(await written(user)).toEqual(before);
    expect(note).toMatchObject({ mark: change.mark, attempts: 0, parked: null });
    await comesLater(user, note);
  } else expect(names((await written(user)).activities)).toEqual(['Pole 8', 'Mill']);
});

test('an owner whose tenant somebody else took after the reading writes nothing, and the note stays open', async () => {
  const { user, change } = await edited('bex');
  const before = await written(user);
  const read = await harness.read(user);
  const { leases } = harness.services;
  await leases.release(harness.owner);
  const lease = await leases.take(harness.enterpriseId, harness.tenant.id);
  if (!lease) throw new Error('the tenant is not free');
  const what = { objectId: objectIdOf(user), read, change, runId: null };
  await expect(harness.apply(what)).rejects.toBeInstanceOf(LeaseLost);
  expect(await written(user)).toEqual(before);
  expect(await openNote(user)).toMatchObject({ mark: change.mark, attempts: 0 });
  harness.owner = { ...harness.owner, ...lease, lane: createLane(), tickets: createTickets(lease.epoch) };
  await comesLater(user, change);
});

test.each([
  { how: 'paused', off: 'pause', on: 'resume' },
  { how: 'switched off', off: 'switchOff', on: 'switchOn' },
] as const)(
  'a sync that is $how after the reading writes nothing any more, and goes on with the note later',
  async ({ off, on }) => {
    const { integrations, settings } = harness.services;
    const { enterpriseId } = harness;
    const usersSync = (is: boolean) => settings.setSettings(enterpriseId, { usersSync: is }, { by: 'test' });
    const act = {
      pause: () => integrations.pause(enterpriseId, 'test'),
      resume: () => integrations.resume(enterpriseId, 'test'),
      switchOff: () => usersSync(false),
      switchOn: () => usersSync(true),
    };
    const { user, change } = await edited(`bob-${off}`);
    const before = await written(user);
    const read = await harness.read(user);
    await act[off]();
    const what = { objectId: objectIdOf(user), read, change, runId: null };
    await expect(harness.apply(what)).rejects.toBeInstanceOf(SwitchedOff);
    await expect(harness.person(`newcomer-${off}`)).rejects.toBeInstanceOf(SwitchedOff);
    expect(await written(user)).toEqual(before);
    expect(await openNote(user)).toMatchObject({ mark: change.mark, attempts: 0 });
    await act[on]();
    await comesLater(user, change);
  },
);

test('who slept past the lease neither moves nor ends the run that somebody else goes on with', async () => {
  const { services, deps, enterpriseId } = harness;
  const { leases, runs } = services;
  const sleeper = harness.owner;
  const asked = { enterpriseId, trigger: 'manual', requestedBy: 'test', dry: true } as const;
  const { run } = await runs.request(asked);
  const writes = createRunWrites({ ...harness.services, ...harness.services.mirror, ...deps });
  await writes.setCount(sleeper, run._id, { seen: 3 });
  await leases.release(sleeper);
  const lease = await leases.take(enterpriseId, harness.tenant.id);
  if (!lease) throw new Error('the tenant is not free');
  harness.owner = { ...sleeper, ...lease, lane: createLane(), tickets: createTickets(lease.epoch) };
  const end = { status: 'failed', code: 'network', message: 'Graph could not be reached.' } as const;
  await expect(writes.finish(sleeper, run._id, end)).rejects.toBeInstanceOf(LeaseLost);
  await expect(writes.setCount(sleeper, run._id, { seen: 4 })).rejects.toBeInstanceOf(LeaseLost);
  expect(await runs.get(run._id)).toMatchObject({ status: 'queued', counts: { seen: 3 } });
  await writes.finish(harness.owner, run._id, { status: 'succeeded', code: null, message: null });
  expect(await runs.get(run._id)).toMatchObject({ status: 'succeeded', finishedAt: expect.any(Date) });
});

test('what breaks in the middle of the writing leaves nothing half written, and the note open', async () => {
  const { user, change } = await edited('cleo');
  const before = await written(user);
  const read = await harness.read(user);
  const what = { objectId: objectIdOf(user), read, change, runId: null };
  // The mirror's row is the last but the note: activities and ledger are written by then.
  const write = () => Promise.reject(new Error('the disk is full'));
  await expect(harness.apply(what, { calendars: { ...harness.deps.calendars, write } })).rejects.toThrow('disk');
  expect(await written(user)).toEqual(before);
  expect((await openNote(user))?.mark).toBe(change.mark);
  await comesLater(user, change);
});

test('a note that came during the reading outlives it: what was edited then is read again', async () => {
  const { user, change } = await edited('dana');
  const read = await harness.read(user);
  const { tenant, services } = harness;
  const objectId = objectIdOf(user);
  tenant.calendars.createEvent(objectId, { subject: 'In between', start: at(40), end: at(41) });
  await services.changes.note([{ tenantId: tenant.id, kind: 'events', objectId, via: 'catch_up', notified: 0 }]);
  await harness.apply({ objectId, read, change, runId: null });
  expect(names(await harness.activities(user))).toEqual(['Pole 8', 'Mill']);
  const note = await openNote(user);
  expect(note?.mark).not.toBe(change.mark);
  await harness.apply({ objectId, read: await harness.read(user), change: note ?? null, runId: null });
  expect(names(await harness.activities(user))).toEqual(['Pole 8', 'Mill', 'In between']);
  expect(await openNote(user)).toBeUndefined();
});

test('E47, E59: a reading that could not ask for one event verifies nothing, and is had again within the hour', async () => {
  const { tenant, owner, services } = harness;
  const user = await harness.person('eru');
  const objectId = objectIdOf(user);
  const { eventId } = tenant.calendars.createEvent(objectId, { subject: 'Pole 7', start: at(24), end: at(25) });
  await harness.readAndApply(user);
  const before = await harness.row(user);
  tenant.calendars.deleteEvent(objectId, eventId);
  const failure = new GraphFailure('busy', { kind: 'unavailable', status: 503 });
  const readEvents = async () => new Map([[eventId, { status: 'failed', failure } as const]]);
  harness.owner = { ...harness.owner, graph: { ...owner.graph, readEvents } };
  const read = await harness.read(user);
  harness.owner = { ...harness.owner, graph: owner.graph };
  await harness.apply({ objectId, read, change: null, runId: null });
  const after = await harness.row(user);
  expect(after?.verifiedAt).toEqual(before?.verifiedAt);
  expect(after?.dueAt.getTime()).toBeLessThanOrEqual(services.clock.nowMs() + HOUR_MS);
  expect((await harness.activities(user)).map(({ status }) => status)).toEqual(['scheduled']);
  await harness.readAndApply(user);
  expect((await harness.activities(user)).map(({ status }) => status)).toEqual(['cancelled']);
});
