import { HeldUp } from '../../../src/changes/note-changes.js';
import type { Note } from '../../../src/changes/types.js';
import { COMMIT_LIMITS, type CommitLimits, createCommitGroup } from '../../../src/intake/commit-group.js';
import { createManualClock } from '../../support/manual-clock.js';

function aNote(objectId: string): Note {
  return { tenantId: 't', kind: 'user', objectId, via: 'notification', notified: 1 };
}

/** A store whose writes end when the test says so. */
function startGroup(limits: Partial<CommitLimits> = {}) {
  const clock = createManualClock();
  const writes: { notes: readonly Note[]; withinMs: number; end: () => void; fail: (error: Error) => void }[] = [];
  const note = (notes: readonly Note[], withinMs: number) =>
    new Promise<void>((resolve, reject) => writes.push({ notes, withinMs, end: resolve, fail: reject }));
  const group = createCommitGroup({ note, clock, limits: { ...COMMIT_LIMITS, windowMs: 5, inFlight: 1, ...limits } });
  return { clock, writes, group };
}

test('requests of one moment are written together and answered when the write is acknowledged', async () => {
  const { clock, writes, group } = startGroup();
  const answers: string[] = [];
  for (const id of ['a', 'b', 'a']) void group.commit([aNote(id)]).then(({ result }) => answers.push(result));
  await clock.advance(5);
  expect(writes.map((write) => write.notes.length)).toEqual([3]);
  expect(answers).toEqual([]);
  writes[0]?.end();
  await clock.advance(0);
  expect(answers).toEqual(['stored', 'stored', 'stored']);
});

test('what comes while a write is under way goes with the next one, without another wait', async () => {
  const { clock, writes, group } = startGroup();
  void group.commit([aNote('a')]);
  await clock.advance(5);
  void group.commit([aNote('b')]);
  void group.commit([aNote('c')]);
  await clock.advance(100);
  expect(writes).toHaveLength(1);
  writes[0]?.end();
  await clock.advance(0);
  expect(writes[1]?.notes.map((note) => note.objectId)).toEqual(['b', 'c']);
});

test('a request over several groups is stored only when all of them are', async () => {
  const { clock, writes, group } = startGroup({ keys: 2 });
  let answer: string | undefined;
  void group.commit(['a', 'b', 'c'].map(aNote)).then(({ result }) => {
    answer = result;
  });
  await clock.advance(5);
  writes[0]?.end();
  await clock.advance(0);
  expect(answer).toBeUndefined();
  writes[1]?.end();
  await clock.advance(0);
  expect(writes.map((write) => write.notes.length)).toEqual([2, 1]);
  expect(answer).toBe('stored');
});

test('a failed write leaves every request of its group in doubt, and the next group is written', async () => {
  const { clock, writes, group } = startGroup();
  const first = Promise.all([group.commit([aNote('a')]), group.commit([aNote('b')])]);
  await clock.advance(5);
  const second = group.commit([aNote('c')]);
  writes[0]?.fail(new Error('not primary'));
  await clock.advance(5);
  writes[1]?.end();
  expect((await first).map(({ result }) => result)).toEqual(['doubtful', 'doubtful']);
  expect(await second).toEqual({ result: 'stored' });
});

test('a group that was held up is written in parts, and nobody who came after it waits for that', async () => {
  const { clock, writes, group } = startGroup({ parts: 2 });
  const answers: Record<string, string> = {};
  const commit = (id: string) =>
    void group.commit([aNote(id)]).then(({ result }) => {
      answers[id] = result;
    });
  for (const id of ['a', 'b', 'c', 'held']) commit(id);
  await clock.advance(5);
  commit('later');
  writes[0]?.fail(new HeldUp('transaction'));
  await clock.advance(0);
  const named = () => writes.map(({ notes }) => notes.map(({ objectId }) => objectId).join());
  expect(named()).toEqual(['a,b,c,held', 'a,b', 'c,held', 'later']);
  writes[3]?.end();
  writes[1]?.end();
  writes[2]?.fail(new HeldUp('transaction'));
  await clock.advance(0);
  expect(named().slice(4)).toEqual(['c', 'held']);
  writes[4]?.end();
  writes[5]?.fail(new HeldUp('transaction'));
  await clock.advance(0);
  expect(answers).toEqual({ a: 'stored', b: 'stored', c: 'stored', later: 'stored' });
});

test('a group that waits for the majority is written once more as it is, and makes nobody else wait', async () => {
  const { clock, writes, group } = startGroup();
  const answers = Promise.all(['a', 'b'].map((id) => group.commit([aNote(id)])));
  await clock.advance(5);
  const later = group.commit([aNote('later')]);
  writes[0]?.fail(new HeldUp('majority'));
  await clock.advance(0);
  expect(writes.map(({ notes }) => notes.length)).toEqual([2, 2, 1]);
  writes[1]?.end();
  writes[2]?.end();
  expect((await answers).map(({ result }) => result)).toEqual(['stored', 'stored']);
  expect(await later).toEqual({ result: 'stored' });
});

test('a request that is held up by itself waits until it would be answered 503 anyway', async () => {
  const { clock, writes, group } = startGroup({ staleMs: 2_000, heldUpMs: 300 });
  const [stored, refused] = [startGroup(), group.commit([aNote('held')])];
  const answered = stored.group.commit([aNote('held')]);
  for (const each of [{ clock, writes }, stored]) {
    await each.clock.advance(300);
    each.writes[0]?.fail(new HeldUp('transaction'));
    await each.clock.advance(0);
  }
  expect(writes.map(({ withinMs }) => withinMs)).toEqual([301, 1_700]);
  writes[1]?.fail(new HeldUp('transaction'));
  stored.writes[1]?.end();
  expect(await refused).toMatchObject({ result: 'doubtful' });
  expect(await answered).toEqual({ result: 'stored' });
});

test('the waiting room is bounded, and opens again once it has emptied', async () => {
  const { clock, writes, group } = startGroup({ waiting: 2 });
  const taken = group.commit([aNote('a'), aNote('b')]);
  expect(await group.commit([aNote('c')])).toEqual({ result: 'full' });
  await clock.advance(5);
  writes[0]?.end();
  expect(await taken).toEqual({ result: 'stored' });
  const again = group.commit([aNote('c')]);
  await clock.advance(5);
  writes[1]?.end();
  expect(await again).toEqual({ result: 'stored' });
});

test('a group whose requests were all answered already is not written any more', async () => {
  const { clock, writes, group } = startGroup();
  void group.commit([aNote('a')]);
  await clock.advance(5);
  const late = group.commit([aNote('b')]);
  await clock.advance(3_000);
  writes[0]?.end();
  expect(await late).toMatchObject({ result: 'doubtful' });
  expect(writes).toHaveLength(1);
});

test('a full group is written without waiting', async () => {
  const { writes, group } = startGroup({ keys: 2 });
  void group.commit([aNote('a'), aNote('b')]);
  expect(writes).toHaveLength(1);
});

test('nothing to store is stored at once', async () => {
  const { writes, group } = startGroup();
  expect(await group.commit([])).toEqual({ result: 'stored' });
  expect(writes).toHaveLength(0);
});
