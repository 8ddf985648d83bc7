import ts from 'typescript';
import {
  type Exception,
  MAY_LIMIT_BY_REAL_TIME,
  MAY_READ_THE_ENVIRONMENT,
  MAY_TAKE_THE_SYSTEMS,
  MAY_USE_THE_CONSOLE,
  MAY_USE_TIME_AND_CHANCE,
  TIME_AND_CHANCE,
} from './border-table.js';
import { placeOf, type SourceFile, sourceFile, sourceFilesIn, walk } from './source-tree.js';

const PAGE = 'docs/decisions/0012-time-and-chance.md';
const src = sourceFilesIn('src');
const files = [...src, ...sourceFilesIn('scripts')];

type Find = (node: ts.Node) => string | null;

/** Uses of something outside the places that may, each with the rule and where to read about it. */
function complaints(all: readonly SourceFile[], find: Find, exceptions: readonly Exception[]): string[] {
  const found: string[] = [];
  for (const file of all) {
    if (exceptions.some(({ where }) => covers(where, file.path))) continue;
    walk(file.tree, (node) => {
      const what = find(node);
      if (what !== null) found.push(`${placeOf(file, node)}: ${what} (${PAGE})`);
    });
  }
  return found;
}

function covers(where: string, path: string): boolean {
  return where.endsWith('/') ? path.startsWith(where) : path === where;
}

/** Exceptions that nothing needs any more. */
function stale(all: readonly SourceFile[], find: Find, exceptions: readonly Exception[]): string[] {
  return exceptions
    .filter(({ where }) => {
      const theirs = all.filter(({ path }) => covers(where, path));
      return complaints(theirs, find, []).length === 0;
    })
    .map(({ where }) => where);
}

const timeAndChance: Find = (node) => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0)
    return 'new Date() reads the wall clock: take a Clock';
  if (!ts.isCallExpression(node)) return null;
  const called = node.expression.getText();
  const banned = TIME_AND_CHANCE.find((name) => called === name || called.endsWith(`.${name}`));
  return banned ? `${banned} belongs in src/kernel: take a Clock or a Chance` : null;
};
const realTime: Find = (node) =>
  ts.isCallExpression(node) && node.expression.getText() === 'AbortSignal.timeout'
    ? 'AbortSignal.timeout follows no Clock'
    : null;
const systems: Find = (node) =>
  ts.isIdentifier(node) && /^system(Clock|Chance)$/.test(node.text) ? `${node.text} is to be handed in` : null;
const environment: Find = (node) => {
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'process.env') return 'process.env is read';
  const isTakenApart =
    ts.isVariableDeclaration(node) && node.initializer?.getText() === 'process' && /\benv\b/.test(node.name.getText());
  return isTakenApart ? 'process.env is read' : null;
};
const consoles: Find = (node) => (ts.isIdentifier(node) && node.text === 'console' ? 'console is used' : null);

interface Rule {
  readonly rule: string;
  readonly of: readonly SourceFile[];
  readonly find: Find;
  readonly exceptions: readonly Exception[];
}

const RULES: readonly Rule[] = [
  {
    rule: 'time, chance and timers come from the kernel',
    ...{ of: files, find: timeAndChance, exceptions: MAY_USE_TIME_AND_CHANCE },
  },
  {
    rule: 'limits in real time stand only where a socket or a person waits',
    ...{ of: src, find: realTime, exceptions: MAY_LIMIT_BY_REAL_TIME },
  },
  {
    rule: "the system's clock and chance are handed in",
    ...{ of: files, find: systems, exceptions: MAY_TAKE_THE_SYSTEMS },
  },
  {
    rule: 'only entry files read the environment',
    ...{ of: files, find: environment, exceptions: MAY_READ_THE_ENVIRONMENT },
  },
  {
    rule: 'only scripts write to the console',
    ...{ of: files, find: consoles, exceptions: MAY_USE_THE_CONSOLE },
  },
];

test.each(RULES)('$rule', ({ of, find, exceptions }) => {
  expect(complaints(of, find, exceptions)).toEqual([]);
});

test.each(RULES)('no exception has outlived its use: $rule', ({ of, find, exceptions }) => {
  expect(stale(of, find, exceptions)).toEqual([]);
});

test('classes are errors and nothing else', () => {
  const others = files.flatMap((file) => {
    const found: string[] = [];
    walk(file.tree, (node) => {
      if (!ts.isClassLike(node)) return;
      const parent = node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? '';
      if (!/Error$/.test(parent))
        found.push(`${placeOf(file, node)}: write a factory instead of a class (CONTRIBUTING.md)`);
    });
    return found;
  });
  expect(others).toEqual([]);
});

test('the rules see what they should see', () => {
  const lines = [
    'const a = Date.now();',
    'const b = new Date();',
    'const c = crypto.randomUUID();',
    'globalThis.setTimeout(() => undefined, 1);',
    'const { env } = process;',
    'const d = process.env["A"];',
    'const e = AbortSignal.timeout(1);',
    'const f = systemClock.now();',
    'const fine = new Date(0); // Date.now() in words',
  ];
  const made = [sourceFile('src/sync/made-up.ts', lines.join('\n'))];
  expect(RULES.map(({ find }) => complaints(made, find, []).length)).toEqual([4, 1, 1, 2, 0]);
});
