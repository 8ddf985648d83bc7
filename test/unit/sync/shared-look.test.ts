import { createSharedLook } from '../../../src/sync/pacing/shared-look.js';
import { createManualClock } from '../../support/manual-clock.js';

const never = new AbortController().signal;

function looks(find: (ids: readonly string[]) => readonly string[]) {
  const clock = createManualClock();
  const asked: string[][] = [];
  const wait = createSharedLook({
    clock,
    everyMs: 100,
    find: async (ids) => {
      asked.push([...ids].sort());
      return find(ids);
    },
  });
  return { clock, asked, wait };
}

test('a hundred who wait share one look, and only those it names go on', async () => {
  const { clock, asked, wait } = looks(() => ['t7']);
  const gone: string[] = [];
  const all = Array.from({ length: 100 }, (_, n) => `t${n}`);
  for (const id of all) void wait(id, never).then(() => gone.push(id));
  await clock.advance(100);
  expect(asked).toEqual([all.toSorted()]);
  expect(gone).toEqual(['t7']);
  await clock.advance(100);
  expect(asked[1]).not.toContain('t7');
});

test('who is not named has a look of its own after the longest pause', async () => {
  const { clock, wait } = looks(() => []);
  let isNamed: boolean | null = null;
  void wait('a', never, 1_000).then((told) => {
    isNamed = told;
  });
  for (let times = 0; times < 9; times += 1) await clock.advance(100);
  expect(isNamed).toBe(null);
  await clock.advance(100);
  expect(isNamed).toBe(false);
});

test('nobody waits: nothing is looked at, and the next one who waits is looked for again', async () => {
  const { clock, asked, wait } = looks((ids) => ids);
  const first = wait('a', never);
  await clock.advance(100);
  await first;
  for (let times = 0; times < 10; times += 1) await clock.advance(100);
  expect(asked).toEqual([['a']]);
  const second = wait('b', never);
  await clock.advance(100);
  expect(await second).toBe(true);
  expect(asked).toEqual([['a'], ['b']]);
});

test('who is stopped goes with the reason, before and while waiting, and leaves the others waiting', async () => {
  const { clock, asked, wait } = looks(() => []);
  const stopping = new AbortController();
  const stopped = wait('a', stopping.signal);
  void wait('b', never);
  stopping.abort(new Error('stops'));
  await expect(stopped).rejects.toThrow('stops');
  await expect(wait('a', stopping.signal)).rejects.toThrow('stops');
  await clock.advance(100);
  expect(asked).toEqual([['b']]);
});

test('a look that fails fails for everybody who waits, and the next one works', async () => {
  let works = false;
  const { clock, wait } = looks((ids) => {
    if (!works) throw new Error('no database');
    return ids;
  });
  const both = [wait('a', never), wait('b', never)].map((each) => expect(each).rejects.toThrow('no database'));
  await clock.advance(100);
  await Promise.all(both);
  works = true;
  const later = wait('a', never);
  await clock.advance(100);
  await later;
});
