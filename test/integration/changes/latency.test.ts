import { randomUUID } from 'node:crypto';
import { CHANGE_COLLECTIONS, CHANGE_INDEXES } from '../../../src/changes/change-indexes.js';
import { type Changes, createChanges } from '../../../src/changes/create-changes.js';
import { latencyOf } from '../../../src/changes/latency/latency.js';
import { LATENCY_INDEXES } from '../../../src/changes/latency/latency-hours.js';
import type { Note, Outcome } from '../../../src/changes/types.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { HOUR_MS } from '../../../src/kernel/clock.js';
import { ensureCollections, ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

let test0: TestStore;
const clock = createManualClock();
let tenantId: string;
/** Two processes. */
let here: Changes;
let there: Changes;

beforeAll(async () => {
  test0 = await openTestStore();
  await ensureCollections(test0.store, CHANGE_COLLECTIONS);
  await ensureIndexes(test0.store, [...CHANGE_INDEXES, ...LATENCY_INDEXES]);
  const deps = { store: test0.store, clock, chance: systemChance };
  [here, there] = [createChanges(deps), createChanges(deps)];
});
afterAll(() => test0.drop());
beforeEach(() => {
  tenantId = randomUUID();
});

const latency = () => latencyOf({ store: test0.store, clock }, tenantId);
const note = (objectId: string, given: Partial<Note> = {}) =>
  here.note([{ tenantId, kind: 'user', objectId, via: 'notification', notified: 1, ...given }]);

async function close(objectId: string, given: { outcome?: Outcome; kind?: Note['kind']; by?: Changes } = {}) {
  const { outcome = 'applied', kind = 'user', by = here } = given;
  const change = await by.find({ tenantId, kind, objectId });
  if (!change) throw new Error(`${objectId} is not open`);
  const closing = { id: change._id, mark: change.mark, outcome };
  await test0.store.transaction((session) => by.close(session, [closing]));
}

/** Told now, in the record after so long. */
async function took(ms: number, by?: Changes): Promise<void> {
  const objectId = randomUUID();
  await note(objectId);
  await clock.advance(ms);
  await close(objectId, by ? { by } : {});
}

const within9Percent = (ms: number) => ({
  asymmetricMatch: (value: unknown) => typeof value === 'number' && Math.abs(value / ms - 1) < 0.0906,
});

test('where nothing was told there is nothing to say', async () => {
  expect(await latency()).toEqual({ since: expect.any(Date), count: 0, p50Ms: null, p95Ms: null, maxMs: null });
  expect(await latencyOf({ store: test0.store, clock }, null)).toMatchObject({ count: 0, p50Ms: null });
});

test('half of the changes took no longer than p50, nineteen of twenty no longer than p95', async () => {
  for (let n = 0; n < 12; n += 1) await took(100);
  for (let n = 0; n < 7; n += 1) await took(1_000, there);
  await took(60_000);
  expect(await latency()).toMatchObject({
    count: 20,
    p50Ms: within9Percent(100),
    p95Ms: within9Percent(1_000),
    maxMs: 60_000,
  });
});

test('no figure is above the longest time', async () => {
  await took(107);
  expect(await latency()).toMatchObject({ count: 1, p50Ms: expect.any(Number), maxMs: 107 });
  const { p50Ms, p95Ms } = await latency();
  expect(Math.max(p50Ms ?? 0, p95Ms ?? 0)).toBeLessThanOrEqual(107);
});

test('several notifications of one person count once, from the first', async () => {
  await note('anna');
  await clock.advance(5_000);
  await note('anna');
  await clock.advance(1_000);
  await close('anna');
  expect(await latency()).toMatchObject({ count: 1, maxMs: 6_000 });
});

test('what Graph told after somebody else had noted it counts from when Graph told it', async () => {
  await note('anna', { via: 'run', notified: 0 });
  await clock.advance(60_000);
  await note('anna');
  await clock.advance(200);
  await close('anna');
  expect(await latency()).toMatchObject({ count: 1, maxMs: 200 });
});

test('people behind a group count from when Graph told of the group, and the group itself does not', async () => {
  await note('crew', { kind: 'group' });
  await clock.advance(300);
  const group = await here.find({ tenantId, kind: 'group', objectId: 'crew' });
  const toldAt = group?.toldAt;
  if (!toldAt) throw new Error('not told');
  await note('anna', { via: 'fan_out', notified: 0, toldAt });
  await close('crew', { kind: 'group' });
  await clock.advance(400);
  await close('anna');
  expect(await latency()).toMatchObject({ count: 1, maxMs: 700 });
});

test('what Graph did not tell of, and what changed nothing, is not counted; calendars are', async () => {
  await note('anna', { via: 'catch_up', notified: 0 });
  await close('anna');
  await note('ben');
  await close('ben', { outcome: 'unchanged' });
  expect((await latency()).count).toBe(0);
  await note('cher', { kind: 'events' });
  await close('cher', { kind: 'events' });
  expect((await latency()).count).toBe(1);
});

test('what was not committed did not take any time', async () => {
  await note('anna');
  const change = await here.find({ tenantId, kind: 'user', objectId: 'anna' });
  const closing = { id: change?._id ?? '', mark: change?.mark ?? '', outcome: 'applied' as const };
  const undone = test0.store.transaction(async (session) => {
    await here.close(session, [closing]);
    throw new Error('lost the tenant');
  });
  await expect(undone).rejects.toThrow('lost the tenant');
  expect((await latency()).count).toBe(0);
});

test('after a day it is over', async () => {
  await took(500);
  await clock.advance(23 * HOUR_MS);
  await took(100);
  expect((await latency()).count).toBe(2);
  await clock.advance(2 * HOUR_MS);
  const { count, maxMs, since } = await latency();
  expect([count, maxMs]).toEqual([1, 100]);
  expect(clock.nowMs() - since.getTime()).toBeLessThanOrEqual(25 * HOUR_MS);
});
