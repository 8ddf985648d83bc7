import { forEachAtOnce } from '../../../src/kernel/lists.js';

const things = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const aMoment = () => new Promise((resolve) => setImmediate(resolve));

test('all are worked on in their order, so many at a time', async () => {
  const begun: number[] = [];
  let [underWay, most] = [0, 0];
  await forEachAtOnce(things(7), 3, async ({ index }) => {
    begun.push(index);
    underWay += 1;
    most = Math.max(most, underWay);
    await aMoment();
    underWay -= 1;
  });
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(most).toBe(3);
});

test('after a failure nothing more begins, and it is thrown once the rest has ended', async () => {
  const ended: number[] = [];
  const work = forEachAtOnce(things(10), 2, async ({ index }) => {
    if (index === 0) throw new Error('no');
    await aMoment();
    ended.push(index);
  });
  await expect(work).rejects.toThrow('no');
  expect(ended).toEqual([1]);
});
