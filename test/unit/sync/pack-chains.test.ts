import { packChains } from '../../../src/sync/ordering/pack-chains.js';
import type { PersonRead } from '../../../src/sync/plan/decide.js';

function read(objectId: string, number = 1): PersonRead {
  return {
    ...{ objectId, seen: { state: 'absent' }, evidence: 'own_read', freshGroups: new Map(), revision: null },
    moment: { ticket: { epoch: 1, number }, at: new Date(0), lagMs: 0 },
    ...{ requestId: null, notified: false, movesGroups: false },
  };
}

function pack(chains: readonly (readonly [string[], string[]])[], { most = 4, reads = 'abcdefgh' } = {}): string[] {
  const request = {
    chains: chains.map(([objectIds, missing]) => ({ objectIds, missing })),
    reads: [...reads].map((objectId) => read(objectId)),
    most,
  };
  return packChains(request).map((people) => people.map(({ objectId }) => objectId).join(''));
}

test('chains are together with whom they hang on, as many in one apply as fit, and none is cut', () => {
  expect(
    pack([
      [['a'], ['b']],
      [['c'], ['d']],
      [['e', 'f'], ['g']],
    ]),
  ).toEqual(['abcd', 'efg']);
  expect(
    pack([
      [['a', 'b'], ['c']],
      [['d'], ['e']],
    ]),
  ).toEqual(['abc', 'de']);
});

test('chains that have somebody in common are one', () => {
  expect(
    pack([
      [['a'], ['b']],
      [['c'], ['d']],
      [['b'], ['a']],
    ]),
  ).toEqual(['cdba']);
});

test('who could not be read is left out, and somebody read twice counts by the newer read', () => {
  expect(pack([[['a'], ['x']]])).toEqual(['a']);
  const chains = [{ objectIds: ['a'], missing: ['b'] }];
  const [people] = packChains({ chains, reads: [read('a', 1), read('b', 1), read('a', 2)], most: 4 });
  expect(people?.map(({ objectId, moment }) => [objectId, moment.ticket.number])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

test('nobody waits, nothing is applied again', () => {
  expect(pack([])).toEqual([]);
});
