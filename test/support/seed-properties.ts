import { propertySeed } from './property-seed.js';

// Only properties pay for loading fast-check (test/architecture/property-tests.test.ts).
if (/[\\/]test[\\/]property[\\/]/.test(expect.getState().testPath ?? '')) {
  beforeAll(async () => {
    const seed = propertySeed(process.env['PROPERTY_SEED']);
    const { default: fc } = await import('fast-check');
    if (seed !== null) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
  });
}
