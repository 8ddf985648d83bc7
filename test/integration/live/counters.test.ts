import type { ClientSession } from 'mongodb';
import { createCursors } from '../../../src/mirror/cursors.js';
import { createLive, type LiveCounters } from '../../../src/records/live-counters.js';
import { PROBLEMS, type ProblemRow } from '../../../src/records/types.js';
import { LIVE, raiseLive } from '../../../src/store/live.js';
import { isTransient } from '../../../src/store/transaction.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

let test0: TestStore;
const clock = createManualClock();

beforeAll(async () => {
  test0 = await openTestStore();
  await test0.store.db.createCollection(LIVE);
});
afterAll(() => test0.drop());
beforeEach(() => test0.store.collection(LIVE).deleteMany({}));

const of = async (enterpriseId: string): Promise<LiveCounters | undefined> =>
  (await createLive({ ...test0, clock }).read([enterpriseId])).get(enterpriseId);
const raise = (enterpriseId: string, ...counters: Parameters<typeof raiseLive>[2][]) =>
  test0.store.transaction(async (session) => {
    for (const counter of counters) raiseLive(session, enterpriseId, counter);
  });

test('an enterprise of which nothing was written yet has zeros', async () => {
  expect(await of('nobody')).toEqual({ runs: 0, problems: 0, changes: 0 });
});

test('a transaction raises each counter once, however often it is asked to', async () => {
  await raise('a', 'changes', 'changes', 'problems', 'changes');
  expect(await of('a')).toEqual({ runs: 0, problems: 1, changes: 1 });
  await raise('a', 'runs');
  expect(await of('a')).toEqual({ runs: 1, problems: 1, changes: 1 });
});

test('one transaction can tell of several enterprises', async () => {
  await test0.store.transaction(async (session) => {
    raiseLive(session, 'a', 'changes');
    raiseLive(session, 'b', 'problems');
  });
  const both = await createLive({ ...test0, clock }).read(['a', 'b']);
  expect([both.get('a')?.changes, both.get('a')?.problems]).toEqual([1, 0]);
  expect([both.get('b')?.changes, both.get('b')?.problems]).toEqual([0, 1]);
});

test('what is not committed is not told, and the next transaction of the session tells only of itself', async () => {
  const session = test0.store.openSession();
  const fails = async (open: ClientSession) => {
    raiseLive(open, 'a', 'runs');
    throw new Error('changed my mind');
  };
  await expect(session.transaction(fails)).rejects.toThrow('changed my mind');
  expect(await of('a')).toEqual({ runs: 0, problems: 0, changes: 0 });

  await session.transaction(async (open) => raiseLive(open, 'a', 'changes'));
  expect(await of('a')).toEqual({ runs: 0, problems: 0, changes: 1 });
  await session.end();
});

test('who raises nothing is not kept from committing by somebody who does', async () => {
  await raise('a', 'changes');
  let aborts = 0;
  const quiet = test0.store.transaction(async (session) => {
    await test0.store.collection('other').findOne({}, { session });
    await raise('a', 'changes');
  });
  await quiet.catch((error: unknown) => {
    if (isTransient(error)) aborts += 1;
  });
  expect(aborts).toBe(0);
  expect((await of('a'))?.changes).toBe(2);
});

test('a problem that is kept back for a moment moves the counter when the clock alone has it shown, and no other one', async () => {
  const rows = test0.store.collection<Pick<ProblemRow, '_id' | 'enterpriseId' | 'visibleAt'>>(PROBLEMS);
  const visibleAt = new Date(clock.nowMs() + 60_000);
  await rows.insertOne({ _id: 'a:1', enterpriseId: 'a', visibleAt });
  await raise('a', 'problems');
  const [kept, others] = [(await of('a'))?.problems ?? 0, await of('b')];
  expect(Math.floor(kept)).toBe(1);
  await clock.advance(59_999);
  expect((await of('a'))?.problems).toBe(kept);
  await clock.advance(1);
  expect((await of('a'))?.problems).toBe(1);
  expect(await of('b')).toEqual(others);
});

test('how far everything is in is told when it moves, and not when it stays', async () => {
  const cursors = createCursors(test0);
  const at = { tenantId: 'tenant', enterpriseId: 'a' };
  const changes = async () => (await of('a'))?.changes;
  const { transaction } = test0.store;
  const verify = (until: string) => transaction((session) => cursors.verify(session, at, new Date(until)));
  await transaction((session) => cursors.update(session, at.tenantId, { round: 1 }));
  await verify('2026-01-05T10:00:00Z');
  expect(await changes()).toBe(1);
  await verify('2026-01-05T09:00:00Z');
  expect(await changes()).toBe(1);
});
