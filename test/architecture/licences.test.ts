import { licencesPage, lockedPackages } from '../../scripts/licences-page.js';
import { textOf } from './documents.js';
import { PROJECT, pathsIn } from './source-tree.js';

const packages = lockedPackages(PROJECT);

/** Somebody has looked at these: they let us ship a package, or build and test with it. */
const SHIPPED = [
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  '(MIT OR CC0-1.0)',
];
const BUILDING = ['MPL-2.0', 'CC-BY-4.0', 'MIT OR Apache-2.0', 'Apache-2.0 AND MIT', '(MIT AND Zlib)'];

/** Named by no program of ours: commands, and what others load or check types with. */
const NOT_IMPORTED = /^@types\/|^(@biomejs\/biome|@swc\/core|typescript|tsx)$/;

test('no licence comes in that nobody has looked at', () => {
  const odd = packages.filter(({ licence, isShipped }) => {
    return !SHIPPED.includes(licence) && (isShipped || !BUILDING.includes(licence));
  });
  expect(odd.map(({ name, licence, isShipped }) => ({ name, licence, isShipped }))).toEqual([]);
});

test('the page of licences is what the lock file says', () => {
  const isSame = textOf('docs/licences.md') === licencesPage(packages);
  expect(isSame ? 'same' : 'run: npx tsx scripts/generate-docs.ts').toBe('same');
});

test('every package that we ask for is used', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json'));
  const files = ['src', 'scripts', 'test'].flatMap((folder) => pathsIn(folder));
  const texts = [
    ...files.filter((path) => /\.([cm]?[jt]sx?|json|css)$/.test(path)),
    'jest.config.js',
    'vite.config.ts',
  ];
  const code = texts.map((path) => textOf(path)).join('\n');
  const isUsed = (name: string) => code.includes(`'${name}'`) || code.includes(`'${name}/`);
  const names = Object.keys({ ...dependencies, ...devDependencies });
  expect(names.filter((name) => !NOT_IMPORTED.test(name) && !isUsed(name))).toEqual([]);
});

test('everything is locked, and to the registry', () => {
  const lock = JSON.parse(textOf('package-lock.json'));
  const entries = Object.entries<{ integrity?: string; link?: boolean }>(lock.packages).filter(([path]) => path !== '');
  expect(entries.filter(([, { integrity, link }]) => !integrity && !link).map(([path]) => path)).toEqual([]);
  expect(textOf('Dockerfile')).toMatch(/RUN npm ci/);
  expect(textOf('Dockerfile')).not.toMatch(/npm install/);
});
