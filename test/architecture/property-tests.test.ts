import { textOf } from './documents.js';
import { pathsIn } from './source-tree.js';

/** The one that gives properties their seed. */
const SEEDER = 'test/support/seed-properties.ts';

test('properties stand in test/property, where their seed is fixed (CONTRIBUTING.md)', () => {
  const users = pathsIn('test').filter((path) => /(from |import\()'fast-check'/.test(textOf(path)));
  expect(users).toContain(SEEDER);
  expect(users.filter((path) => path !== SEEDER && !path.startsWith('test/property/'))).toEqual([]);
});
