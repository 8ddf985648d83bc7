import { randomUUID } from 'node:crypto';
import { CHANGE_COLLECTIONS, CHANGE_INDEXES } from '../../../src/changes/change-indexes.js';
import { type Changes, createChanges } from '../../../src/changes/create-changes.js';
import type { Note, Outcome } from '../../../src/changes/types.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { ensureCollections, ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

let test0: TestStore;
let changes: Changes;
const clock = createManualClock();
const nobody: ReadonlySet<string> = new Set();
let tenantId: string;

beforeAll(async () => {
  test0 = await openTestStore();
  await ensureCollections(test0.store, CHANGE_COLLECTIONS);
  await ensureIndexes(test0.store, CHANGE_INDEXES);
  changes = createChanges({ store: test0.store, clock, chance: systemChance });
});
afterAll(() => test0.drop());
beforeEach(() => {
  tenantId = randomUUID();
});

const aNote = (given: Partial<Note> = {}): Note => ({
  tenantId,
  kind: 'user',
  objectId: 'anna',
  via: 'notification',
  notified: 1,
  ...given,
});
const take = (limit = 10, busy = nobody) => changes.takeDue({ tenantId, limit, now: clock.now(), busy });
const ids = async (limit?: number, busy?: ReadonlySet<string>) => (await take(limit, busy)).map((row) => row.objectId);
const close = (closings: { id: string; mark: string; outcome: Outcome }[]) =>
  test0.store.transaction((session) => changes.close(session, closings));

async function only() {
  const [row, ...others] = (await changes.list({ tenantId, limit: 10 })).rows;
  if (row === undefined || others.length > 0) throw new Error('There is not exactly one change.');
  return row;
}

test('a hundred notes for one person are one change that counts them all', async () => {
  await Promise.all(Array.from({ length: 100 }, () => changes.note([aNote()])));
  expect(await only()).toMatchObject({ objectId: 'anna', notified: 100, attempts: 0, parked: null });
});

test('racing notes of many new things are all counted', async () => {
  const notes = Array.from({ length: 300 }, (_, index) => aNote({ objectId: `p${index}` }));
  await Promise.all([notes, notes.toReversed(), notes, notes].map((each) => changes.note(each)));
  const { rows } = await changes.list({ tenantId, limit: 1_000 });
  expect(rows).toHaveLength(300);
  expect(new Set(rows.map((row) => row.notified))).toEqual(new Set([4]));
});

test('a thing noted among many is stored as one noted alone', async () => {
  const many = Array.from({ length: 100 }, (_, index) => aNote({ objectId: `p${index}` }));
  const told = { kind: 'group', removed: true, memberIds: ['m'], traceId: 't', runId: 'r', round: 3 } as const;
  const alone = { ...told, lifecycle: 'missed', subscriptionId: 's' } as const;
  await changes.note([...many, aNote({ ...alone, objectId: 'among' })]);
  await changes.note([aNote({ ...alone, objectId: 'alone' })]);
  const stored = test0.store.collection<{ _id: string }>('changes');
  const [among, single] = await Promise.all(
    ['among', 'alone'].map((objectId) => stored.findOne({ _id: `${tenantId}:group:${objectId}` })),
  );
  expect(among).toEqual({ ...single, _id: among?._id, objectId: 'among', mark: expect.any(String) });
  await changes.note([...many, aNote({ ...alone, objectId: 'among' })]);
  expect(await stored.findOne({ _id: `${tenantId}:group:among` })).toMatchObject({
    notified: 2,
    memberIds: ['m', 'm'],
  });
});

test('every note sets a fresh mark', async () => {
  await changes.note([aNote()]);
  const before = await only();
  await changes.note([aNote({ via: 'run', notified: 0 })]);
  const after = await only();
  expect(after.mark).not.toBe(before.mark);
  expect(after).toMatchObject({ notified: 1, via: 'run', notifiedAt: before.notifiedAt });
});

test('a change not told by Graph has no instant of notification', async () => {
  await changes.note([aNote({ via: 'catch_up', notified: 0, round: 3 })]);
  expect(await only()).toMatchObject({ notifiedAt: null, round: 3, runId: null, traceId: null, removed: false });
});

test('removed sticks over later notes', async () => {
  await changes.note([aNote({ removed: true })]);
  await changes.note([aNote({ removed: false })]);
  expect((await only()).removed).toBe(true);
});

test('more member hints than are kept show as one too many', async () => {
  const members = (from: number) => Array.from({ length: 150 }, (_, index) => `m${from + index}`);
  await changes.note([aNote({ kind: 'group', memberIds: members(0) })]);
  expect((await only()).memberIds).toHaveLength(150);
  await changes.note([aNote({ kind: 'group', memberIds: members(100) })]);
  expect((await only()).memberIds).toHaveLength(201);
});

test('events that notifications carried are kept side by side, as long as each carried one', async () => {
  const told = (id: string) => aNote({ kind: 'events', notified: 1, seen: { id } });
  await changes.note([told('a')]);
  await changes.note([told('b')]);
  expect((await only()).seen).toEqual([{ id: 'a' }, { id: 'b' }]);
  await changes.note([aNote({ kind: 'events', notified: 1 })]);
  expect((await only()).seen).toBeNull();
});

test('what is noted for later is due at once when something else is noted of it', async () => {
  const later = new Date(Date.now() + 600_000);
  await changes.note([aNote({ dueAt: later })]);
  expect((await only()).dueAt).toEqual(later);
  await changes.note([aNote()]);
  expect((await only()).dueAt.getTime()).toBeLessThan(later.getTime());
  await changes.note([aNote({ dueAt: later })]);
  expect((await only()).dueAt.getTime()).toBeLessThan(later.getTime());
});

test('lifecycle events of one subscription are kept side by side', async () => {
  const told = { kind: 'subscription', objectId: 's1' } as const;
  await changes.note([aNote({ ...told, lifecycle: 'missed' }), aNote({ ...told, lifecycle: 'subscriptionRemoved' })]);
  await changes.note([aNote({ ...told, lifecycle: 'missed', subscriptionId: 's1' })]);
  expect(await only()).toMatchObject({ lifecycle: ['missed', 'subscriptionRemoved'], subscriptionId: 's1' });
});

test('what is gone is taken first, then what Graph told, then the rest, each oldest first', async () => {
  await changes.note([aNote({ objectId: 'run', via: 'run', notified: 0 })]);
  for (const objectId of ['told-1', 'told-2']) {
    await clock.advance(10);
    await changes.note([aNote({ objectId })]);
  }
  await clock.advance(10);
  await changes.note([aNote({ objectId: 'gone', via: 'catch_up', notified: 0, removed: true })]);
  expect(await ids()).toEqual(['gone', 'told-1', 'told-2', 'run']);
  expect(await ids(2)).toEqual(['gone', 'told-1']);
});

test('what is noted again and again keeps its place in the line', async () => {
  await changes.note([aNote({ objectId: 'busy' })]);
  await clock.advance(10);
  await changes.note([aNote({ objectId: 'quiet' })]);
  await clock.advance(10);
  await changes.note([aNote({ objectId: 'busy' })]);
  expect(await ids()).toEqual(['busy', 'quiet']);
});

test('what is in work is not given a second time', async () => {
  await changes.note([aNote({ objectId: 'a' }), aNote({ objectId: 'b' })]);
  expect(await ids(1, new Set([`${tenantId}:user:a`]))).toEqual(['b']);
});

test('other tenants are left alone', async () => {
  await changes.note([aNote({ tenantId: randomUUID() })]);
  expect(await ids()).toEqual([]);
});

test('each kind of work takes its own kinds', async () => {
  await changes.note([aNote({ objectId: 'a' }), aNote({ objectId: 'g', kind: 'group' }), aNote({ kind: 'events' })]);
  const wanted = { tenantId, limit: 10, now: clock.now(), busy: nobody, kinds: ['group', 'events'] as const };
  expect((await changes.takeDue(wanted)).map((row) => row.kind).sort()).toEqual(['events', 'group']);
});

test.each([[['group']], [['user', 'group', 'events', 'subscription']]])(
  'one index serves taking of %j: nothing of other kinds is looked at and nothing sorted',
  async (kinds) => {
    const people = Array.from({ length: 200 }, (_, index) => aNote({ objectId: `p${index}` }));
    await changes.note([...people, aNote({ kind: 'group', objectId: 'g' })]);
    const explained = await test0.store
      .collection('changes')
      .find({ tenantId, isParked: false, kind: { $in: kinds }, rank: { $lte: 2 }, dueAt: { $lte: clock.now() } })
      .sort({ rank: 1, dueAt: 1 })
      .limit(10)
      .explain('executionStats');
    const plan = JSON.stringify(explained['queryPlanner']['winningPlan']);
    expect(plan).toContain('tenant_kind_due');
    expect(plan).not.toContain('"SORT"');
    expect(explained['executionStats']['totalDocsExamined']).toBeLessThan(15);
  },
);

test('closing moves the accepted items to the outcome and accepted stays the same', async () => {
  await changes.note([aNote({ objectId: 'a', notified: 3 }), aNote({ objectId: 'b', notified: 2 })]);
  expect(await changes.stats(tenantId)).toMatchObject({ accepted: 5, open: 5 });
  const [a, b] = await take();
  if (a === undefined || b === undefined) throw new Error('nothing was due');
  const closed = await close([
    { id: a._id, mark: a.mark, outcome: 'applied' },
    { id: b._id, mark: b.mark, outcome: 'held' },
  ]);
  expect(closed).toEqual([a._id, b._id]);
  expect(await changes.stats(tenantId)).toEqual({
    accepted: 5,
    open: 0,
    parked: 0,
    applied: 3,
    unchanged: 0,
    outOfScope: 0,
    held: 2,
  });
});

test('what was noted anew since it was read stays open with all its items', async () => {
  await changes.note([aNote()]);
  const [read] = await take();
  if (read === undefined) throw new Error('nothing was due');
  await changes.note([aNote()]);
  expect(await close([{ id: read._id, mark: read.mark, outcome: 'applied' }])).toEqual([]);
  expect(await changes.stats(tenantId)).toMatchObject({ accepted: 2, open: 2, applied: 0 });
});

test('a change closed and opened again is not closed by the mark of its former life', async () => {
  await changes.note([aNote()]);
  const first = await only();
  await close([{ id: first._id, mark: first.mark, outcome: 'applied' }]);
  await changes.note([aNote()]);
  expect(await close([{ id: first._id, mark: first.mark, outcome: 'unchanged' }])).toEqual([]);
  expect(await changes.stats(tenantId)).toMatchObject({ accepted: 2, open: 1, applied: 1, unchanged: 0 });
});

test('a note between the read of a closing and its commit gives the whole transaction up', async () => {
  await changes.note([aNote({ objectId: 'a' }), aNote({ objectId: 'b' })]);
  const rows = await take();
  const closing = test0.store.transaction(async (session) => {
    // The snapshot begins with the first read of the transaction.
    await test0.store.collection('changes').findOne({}, { session });
    await changes.note([aNote({ objectId: 'b' })]);
    return changes.close(
      session,
      rows.map((row) => ({ id: row._id, mark: row.mark, outcome: 'applied' as const })),
    );
  });
  await expect(closing).rejects.toThrow();
  expect(await changes.stats(tenantId)).toMatchObject({ accepted: 3, open: 3, applied: 0 });
});

test('a transaction that is given up takes its notes and closings with it', async () => {
  await changes.note([aNote({ objectId: 'a' })]);
  const read = await only();
  const undone = test0.store.transaction(async (session) => {
    await changes.note([aNote({ objectId: 'b', via: 'fan_out', notified: 0 })], { session });
    await changes.close(session, [{ id: read._id, mark: read.mark, outcome: 'applied' }]);
    throw new Error('given up');
  });
  await expect(undone).rejects.toThrow('given up');
  expect(await ids()).toEqual(['a']);
});

test('a deferred change comes back at its time, and a new note brings it back at once', async () => {
  await changes.note([aNote()]);
  const { _id: id, mark } = await only();
  await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + 60_000), attempts: 2 }]);
  expect(await take()).toEqual([]);
  expect(await changes.openCount({ tenantId, runId: 'none' })).toBe(0);
  await clock.advance(60_000);
  expect((await take())[0]).toMatchObject({ attempts: 2 });
  await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + 60_000) }]);
  await changes.note([aNote()]);
  expect((await take())[0]).toMatchObject({ attempts: 0 });
});

test('a parked change is out of the line until its next try, and is counted apart', async () => {
  await changes.note([aNote({ notified: 4 })]);
  const { _id: id, mark } = await only();
  const nextTryAt = new Date(clock.nowMs() + 3_600_000);
  await changes.park([{ id, mark, code: 'mailbox_denied', message: 'Graph answered 403.', nextTryAt }]);
  expect(await changes.stats(tenantId)).toMatchObject({ accepted: 4, open: 0, parked: 4 });
  expect(await changes.tenantsWithOpenChanges()).not.toContain(tenantId);
  expect(await take()).toEqual([]);
  await clock.advance(3_600_000);
  const [due] = await take();
  expect(due?.parked).toMatchObject({ code: 'mailbox_denied' });
});

test('parked changes whose next try has come go when nothing open is due', async () => {
  await changes.note([aNote()]);
  const { _id: id, mark } = await only();
  await changes.park([{ id, mark, code: 'x', message: 'x', nextTryAt: clock.now() }]);
  await changes.note([aNote({ objectId: 'open' })]);
  expect((await take()).map(({ objectId }) => objectId)).toEqual(['open']);
  const open = await changes.find({ tenantId, kind: 'user', objectId: 'open' });
  await changes.defer([{ id: open?._id ?? '', mark: open?.mark ?? '', dueAt: new Date(clock.nowMs() + 1) }]);
  expect((await take()).map(({ _id }) => _id)).toEqual([id]);
});

test('works that ask at once for several kinds are each given theirs, however many of another kind are due', async () => {
  const many = Array.from({ length: 50 }, (_, index) => aNote({ objectId: `u${index}` }));
  await changes.note([...many, aNote({ kind: 'group', objectId: 'g' }), aNote({ kind: 'events', objectId: 'm' })]);
  const of = (kind: 'user' | 'group' | 'events' | 'subscription') =>
    changes.takeDue({ tenantId, limit: 100, now: clock.now(), busy: nobody, kinds: [kind] });
  const taken = await Promise.all([of('user'), of('group'), of('events'), of('subscription')]);
  expect(taken.map(({ length }) => length)).toEqual([50, 1, 1, 0]);
});

test('a note opens a parked change again', async () => {
  await changes.note([aNote()]);
  const { _id: id, mark } = await only();
  await changes.park([{ id, mark, code: 'x', message: 'x', nextTryAt: new Date(clock.nowMs() + 1) }]);
  await changes.note([aNote()]);
  expect(await only()).toMatchObject({ parked: null, notified: 2 });
});

test('parking and deferring by an old mark change nothing', async () => {
  await changes.note([aNote()]);
  const { _id: id, mark } = await only();
  await changes.note([aNote()]);
  await changes.park([{ id, mark, code: 'x', message: 'x', nextTryAt: clock.now() }]);
  await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + 1_000) }]);
  expect(await ids()).toEqual(['anna']);
});

test('parked changes of one cause are tried again by order', async () => {
  await changes.note(['a', 'b'].map((objectId) => aNote({ objectId })));
  const nextTryAt = new Date(clock.nowMs() + 3_600_000);
  const rows = await take();
  await changes.park(rows.map(({ _id: id, mark, objectId: code }) => ({ id, mark, code, message: '', nextTryAt })));
  expect(await changes.retry({ tenantId, code: 'a' })).toBe(1);
  expect(await ids()).toEqual(['a']);
  expect((await changes.list({ tenantId, limit: 10, parked: true })).rows).toHaveLength(1);
  expect(await changes.retry({ tenantId })).toBe(1);
});

test('the age of the oldest open change is told, and null where none is open', async () => {
  expect(await changes.oldestOpenMs(tenantId, clock.now())).toBeNull();
  await changes.note([aNote()]);
  await clock.advance(1_500);
  await changes.note([aNote()]);
  expect(await changes.oldestOpenMs(tenantId, clock.now())).toBe(1_500);
});

test('a round waits for what it and older rounds named, until that was read', async () => {
  await changes.note([aNote({ objectId: 'a', via: 'catch_up', notified: 0, round: 4 })]);
  await changes.note([aNote({ objectId: 'a', via: 'catch_up', notified: 0, round: 5 })]);
  await changes.note([aNote({ objectId: 'b', via: 'catch_up', notified: 0, round: 5 })]);
  const count = (roundAtMost: number) => changes.openCount({ tenantId, kind: 'user', roundAtMost });
  expect([await count(3), await count(4), await count(5)]).toEqual([0, 1, 2]);
});

test('a run waits for its changes even when Graph tells of them meanwhile', async () => {
  await changes.note([aNote({ via: 'run', notified: 0, runId: 'r1' })]);
  await changes.note([aNote()]);
  expect(await changes.openCount({ tenantId, runId: 'r1' })).toBe(1);
  const { _id: id, mark } = await only();
  await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + 1) }]);
  expect(await changes.openCount({ tenantId, runId: 'r1' }, { dueBy: clock.now() })).toBe(0);
});

test('what is left of a disconnected tenant ends as out of scope, newer notes and other tenants stay', async () => {
  const connected = randomUUID();
  await changes.note([aNote({ objectId: 'old', notified: 2 }), aNote({ tenantId: connected })]);
  await clock.advance(1_000);
  const notedBefore = clock.now();
  await changes.note([aNote({ objectId: 'new' })]);
  const others: string[] = await test0.store.collection('changes').distinct('tenantId');
  const connectedTenantIds = others.filter((each) => each !== tenantId);
  expect(await changes.closeForeign({ connectedTenantIds, notedBefore })).toBe(1);
  expect(await ids()).toEqual(['new']);
  expect(await changes.stats(tenantId)).toMatchObject({ accepted: 3, open: 1, outOfScope: 2 });
  expect(await changes.stats(connected)).toMatchObject({ accepted: 1, open: 1 });
});

test('the stats of all tenants are the sum of each', async () => {
  const before = await changes.stats();
  await changes.note([aNote(), aNote({ tenantId: randomUUID(), notified: 2 })]);
  expect((await changes.stats()).accepted).toBe(before.accepted + 3);
});
