import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { PROJECT, pathsIn, placeOf, type SourceFile, sourceFile, sourceFilesIn, walk } from './source-tree.js';

const PAGE = 'docs/decisions/0010-sizes.md';

/** How big things may be, in lines unless said otherwise. docs/decisions/0010-sizes.md says why. */
const LIMITS = {
  file: 250,
  testFile: 400,
  readme: 250,
  filesInFolder: 12,
  functionLines: 50,
  parameters: 3,
  service: 48_900,
  portal: 9_100,
  simulator: 8_800,
} as const;

const src = sourceFilesIn('src');
const scripts = sourceFilesIn('scripts');
const tests = sourceFilesIn('test');

function tooLong(files: readonly SourceFile[], most: number): string[] {
  return files
    .filter(({ lines }) => lines > most)
    .map(({ path, lines }) => `${path} has ${lines} lines, at most ${most}: split it (${PAGE})`);
}

test('source files are short', () => {
  expect(tooLong([...src, ...scripts], LIMITS.file)).toEqual([]);
});

test('test files are short', () => {
  expect(tooLong(tests, LIMITS.testFile)).toEqual([]);
});

test('folders hold few files', () => {
  const byFolder = new Map<string, number>();
  for (const { path } of [...src, ...scripts]) {
    const folder = posix.dirname(path);
    byFolder.set(folder, (byFolder.get(folder) ?? 0) + 1);
  }
  const full = [...byFolder].filter(([, count]) => count > LIMITS.filesInFolder);
  expect(
    full.map(([folder, count]) => `${folder} has ${count} files, at most ${LIMITS.filesInFolder} (${PAGE})`),
  ).toEqual([]);
});

/** The lines that a function says itself: those of named functions declared inside it are theirs. */
function ownLines(file: SourceFile, node: ts.Node): number {
  let lines = linesOf(file, node);
  const leaveOut = (inner: ts.Node) => {
    if (ts.isFunctionDeclaration(inner)) lines -= linesOf(file, inner);
    else ts.forEachChild(inner, leaveOut);
  };
  ts.forEachChild(node, leaveOut);
  return lines;
}

function linesOf({ tree }: SourceFile, node: ts.Node): number {
  const lineAt = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.getEnd()) - lineAt(node.getStart(tree)) + 1;
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function longFunctions(files: readonly SourceFile[]): string[] {
  return eachFunction(files, (file, node) => {
    const lines = ownLines(file, node);
    return lines > LIMITS.functionLines ? `${lines} lines, at most ${LIMITS.functionLines}` : null;
  });
}

function wideFunctions(files: readonly SourceFile[]): string[] {
  return eachFunction(files, (_file, { parameters }) => {
    const names = parameters.map(({ name }) => name.getText());
    // Express tells an error handler by its four parameters.
    if (names.length === 4 && names[0] === 'error' && names[3] === 'next') return null;
    return names.length > LIMITS.parameters ? `${names.length} parameters: take an object` : null;
  });
}

function eachFunction(
  files: readonly SourceFile[],
  judge: (file: SourceFile, node: ts.FunctionLikeDeclaration) => string | null,
): string[] {
  const found: string[] = [];
  for (const file of files) {
    walk(file.tree, (node) => {
      const complaint = isFunction(node) ? judge(file, node) : null;
      if (complaint !== null) found.push(`${placeOf(file, node)}: ${complaint} (${PAGE})`);
    });
  }
  return found;
}

test('functions are short', () => {
  expect(longFunctions([...src, ...scripts])).toEqual([]);
});

test('functions take few parameters', () => {
  expect(wideFunctions([...src, ...scripts])).toEqual([]);
});

test.each([
  ['service', (path: string) => !/^src\/(simulator|portal)\//.test(path)],
  ['portal', (path: string) => path.startsWith('src/portal/')],
  ['simulator', (path: string) => path.startsWith('src/simulator/')],
] as const)('the %s is no bigger than decided', (name, isIn) => {
  const lines = src.filter(({ path }) => isIn(path)).reduce((sum, file) => sum + file.lines, 0);
  const isTooBig = lines > LIMITS[name];
  expect(isTooBig ? `the ${name} has ${lines} lines, at most ${LIMITS[name]} (${PAGE})` : 'fits').toBe('fits');
});

test('the README can be read in one go', () => {
  const { lines } = sourceFile('README.md', readFileSync(join(PROJECT, 'README.md'), 'utf8'));
  expect(lines).toBeLessThanOrEqual(LIMITS.readme);
});

test('files are named in kebab-case for one idea', () => {
  const programs = [...pathsIn('src'), ...pathsIn('scripts'), ...pathsIn('test')].filter((path) =>
    /\.(tsx?|[cm]js)$/.test(path),
  );
  const odd = programs.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.\w+$/.test(posix.basename(path)));
  const vague = programs.filter((path) => /^(utils?|helpers?|common|manager|misc|index)\./.test(posix.basename(path)));
  expect([...odd, ...vague].map((path) => `${path}: name it for the one idea in it (CONTRIBUTING.md)`)).toEqual([]);
});

test('the measures see what they should see', () => {
  const statements = Array.from({ length: 60 }, (_, index) => `  call(${index});`).join('\n');
  const long = sourceFile('src/made-up.ts', `function long() {\n${statements}\n}\n`);
  const factory = sourceFile(
    'src/made-up.ts',
    `function make() {\n  return { long };\n  function long() {\n${statements}\n  }\n}`,
  );
  const wide = sourceFile('src/made-up.ts', 'const wide = (a, b, c, d) => a;');
  expect(longFunctions([long])).toEqual(['src/made-up.ts:1: 62 lines, at most 50 (docs/decisions/0010-sizes.md)']);
  expect(longFunctions([factory])).toEqual(['src/made-up.ts:3: 62 lines, at most 50 (docs/decisions/0010-sizes.md)']);
  expect(wideFunctions([wide])).toHaveLength(1);
  expect(tooLong([{ ...wide, lines: 251 }], 250)).toHaveLength(1);
});
