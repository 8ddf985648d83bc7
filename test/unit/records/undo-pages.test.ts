import { addressChains, packed } from '../../../src/records/undo/undo-pages.js';

const moved = (userId: string, before: string | null, after: string | null) => ({ userId, before, after });

async function pages(chains: readonly (readonly string[])[], most: number): Promise<string[][]> {
  const all: string[][] = [];
  for await (const page of packed(chains, most)) all.push(page);
  return all;
}

test('whoever swapped addresses is undone together, however far apart they come, and others are on their own', () => {
  const chains = addressChains([
    moved('a', 'a@kiwi.test', 'b@kiwi.test'),
    moved('x', 'x@kiwi.test', 'y@kiwi.test'),
    moved('b', 'B@kiwi.test', 'a@kiwi.test'),
    moved('n', null, null),
  ]);
  expect(chains.map((chain) => chain.sort())).toEqual([['a', 'b'], ['x'], ['n']]);
});

test('two chains that turn out to be one are one', () => {
  const chains = addressChains([
    moved('a', '1@kiwi.test', '2@kiwi.test'),
    moved('c', '3@kiwi.test', '4@kiwi.test'),
    moved('b', '2@kiwi.test', '3@kiwi.test'),
    moved('a', '2@kiwi.test', '5@kiwi.test'),
  ]);
  expect(chains.map((chain) => chain.sort())).toEqual([['a', 'b', 'c']]);
});

test('a page takes as many as fit, and cuts only what is longer than a page', async () => {
  expect(await pages([['a'], ['b', 'c'], ['d', 'e'], ['f']], 3)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ]);
  expect(
    await pages(
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      3,
    ),
  ).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(await pages([['a'], ['b', 'c', 'd', 'e', 'f'], ['g']], 2)).toEqual([
    ['a'],
    ['b', 'c'],
    ['d', 'e'],
    ['f', 'g'],
  ]);
  expect(await pages([], 2)).toEqual([]);
});
