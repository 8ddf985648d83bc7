import { importsOf } from './imports-of.js';
import { sourceFilesIn } from './source-tree.js';

test('the oracle of the convergence suite knows nothing of what it judges', () => {
  const files = sourceFilesIn('test/convergence/oracle');
  expect(files.length).toBeGreaterThan(0);
  const foreign = files.flatMap(importsOf).filter(({ target }) => !target.startsWith('test/convergence/oracle/'));
  expect(foreign.map(({ place, target }) => `${place} imports ${target}`)).toEqual([]);
});
