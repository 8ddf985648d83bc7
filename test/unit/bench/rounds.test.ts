import { measureRounds, mixed, spreadOf } from '../../../scripts/bench/rounds.js';

test('the median is the middle one, or between the two in the middle', () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test('mixing keeps every item once', () => {
  const items = ['a', 'b', 'c', 'd'];
  expect(mixed(items, () => 0).toSorted()).toEqual(items);
  expect(mixed(items, () => 0)).not.toEqual(items);
  expect(mixed(items, () => 0.999)).toEqual(items);
});

test('every candidate is measured once a round, in changing order', async () => {
  const calls: string[] = [];
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const measured = (name: string) => async (round: number) => {
    calls.push(`${round}${name}`);
    return round;
  };
  const candidates = { a: measured('a'), b: measured('b'), c: measured('c') };
  const spreads = await measureRounds(candidates, { rounds: 5, random, say: () => {} });
  expect(spreads.b).toEqual({ median: 3, min: 1, max: 5 });
  expect(new Set(calls).size).toBe(15);
  const orders = [1, 2, 3, 4, 5].map((round) =>
    calls
      .filter((call) => call.startsWith(`${round}`))
      .join()
      .replace(/\d/g, ''),
  );
  expect(new Set(orders).size).toBeGreaterThan(1);
});
