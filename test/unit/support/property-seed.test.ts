import { propertySeed } from '../../support/property-seed.js';

test('unless told otherwise properties are tried with one seed', () => {
  expect(propertySeed(undefined)).toEqual(expect.any(Number));
  expect(propertySeed('')).toBe(propertySeed(undefined));
});

test('another seed is taken as it is, also a negative one that a failure named', () => {
  expect([propertySeed('0'), propertySeed('-7')]).toEqual([0, -7]);
});

test('on request any seed comes up', () => {
  expect(propertySeed('random')).toBeNull();
});

test.each(['x', '1.5', '1e99999'])('"%s" is refused in words', (named) => {
  expect(() => propertySeed(named)).toThrow(`PROPERTY_SEED is "${named}": give a whole number or "random".`);
});
