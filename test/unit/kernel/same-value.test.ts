import { sameValue } from '../../../src/kernel/same-value.js';

test.each([
  [1, 1],
  [null, null],
  [new Date(5), new Date(5)],
  [
    { a: 1, b: [{ c: 'x' }] },
    { b: [{ c: 'x' }], a: 1 },
  ],
  [{ a: 1, b: undefined }, { a: 1 }],
  [{ a: 1 }, { a: 1, b: undefined }],
])('%j and %j say the same', (a, b) => {
  expect(sameValue(a, b)).toBe(true);
});

test.each([
  [1, '1'],
  [null, undefined],
  [null, {}],
  [new Date(5), new Date(6)],
  [new Date(5), {}],
  [[], {}],
  [{ a: null }, {}],
  [{}, { a: null }],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, undefined]],
  [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
])('%j and %j do not', (a, b) => {
  expect(sameValue(a, b)).toBe(false);
});
