import { parsePhone } from '../../../../src/projection/values/phone.js';

const NUMBER = '+64225189900';

test.each([
  ['+64 22 518 9900', []],
  ['0064 22 518 9900', []],
  ['0064225189900', ['AU']],
  ['64225189900', []],
  ['64 22 518 9900', ['NZ']],
  ['64225189900', ['GB']],
  ['022 518 9900', ['NZ']],
  ['(022) 518-9900', ['NZ']],
  ['+64 (0)22 518 9900', []],
  ['+64 (0)22 518 9900', ['GB']],
  ['+64 22 518 9900 x123', []],
  ['022 518 9900 ext. 12', ['NZ']],
  ['022 518 9900;ext=12', ['NZ']],
  ['\u202a+64 22 518 9900\u202c', []],
  ['tel:+64225189900', []],
  ['＋６４ 22 518 9900', []],
  ['011 64 22 518 9900', ['US']],
])('%s is read with %j', (raw, countries) => {
  expect(parsePhone(raw, countries)).toBe(NUMBER);
});

test("the person's country is tried before the organisation's", () => {
  expect(parsePhone('0412 345 678', ['AU', 'NZ'])).toBe('+61412345678');
  expect(parsePhone('022 518 9900', [null, 'NZ'])).toBe(NUMBER);
});

test('an Italian number keeps its leading zero', () => {
  expect(parsePhone('+39 (0)6 6981 2345', [])).toBe('+390669812345');
});

test.each([
  ['022 518 9900', []],
  ['225189900', []],
  ['2125551234', []],
  ['call me', ['NZ']],
  ['022 518 9900 / 021 111 222', ['NZ']],
  ['111', ['NZ']],
  ['+64 22', []],
  ['+1234567890123456', []],
  ['', ['NZ']],
  ['022 518 9900', ['ZZ']],
])('%s with %j is not guessed at', (raw, countries) => {
  expect(parsePhone(raw, countries)).toBeNull();
});
