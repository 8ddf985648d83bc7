import fc from 'fast-check';
import { propertySeed } from '../support/property-seed.js';

test('properties are tried with the seed of the run', () => {
  const wanted = propertySeed(process.env['PROPERTY_SEED']);
  expect(fc.readConfigureGlobal().seed).toBe(wanted ?? undefined);
});

test('the same seed gives the same values', () => {
  const tried = () => {
    const values: number[] = [];
    fc.assert(
      fc.property(fc.integer(), (value) => {
        values.push(value);
      }),
    );
    return values;
  };
  if (propertySeed(process.env['PROPERTY_SEED']) !== null) expect(tried()).toEqual(tried());
});
