import { normaliseName } from '../../../../src/projection/values/name.js';

test.each([
  ['  Anna ', 'Anna'],
  ['Ma\u0304ui', 'Māui'],
  ["O'Brien", "O'Brien"],
  ['Zoë 🦉', 'Zoë 🦉'],
  ['👩‍🚒', '👩‍🚒'],
  ['An\u0007na', 'Anna'],
  ['Anna\r\nMaria', 'Anna Maria'],
  ['\u202eannA', 'annA'],
  ['\u0000', ''],
  ['x'.repeat(100), 'x'.repeat(100)],
])('%j is kept as %j', (raw, name) => {
  expect(normaliseName(raw)).toBe(name);
});
