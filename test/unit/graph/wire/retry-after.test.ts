import { readRetryAfter } from '../../../../src/graph/wire/retry-after.js';

const NOW = Date.parse('2026-01-05T09:00:00Z');

test.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['1.5', 1_500],
  ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
  ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
  ['soon', null],
  ['', null],
  [undefined, null],
])('Retry-After %p asks for %p ms', (value, expected) => {
  expect(readRetryAfter(value, NOW)).toBe(expected);
});
