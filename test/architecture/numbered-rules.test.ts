import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, pathsIn } from './source-tree.js';

/**
 * The rules of the help article (S) and its edge cases (E), each of which a test is named by. What is left out is not of
 * people and teams, with the reason.
 */
const RULES = [...numbered('S', 42), ...numbered('E', 78)];

const LEFT_OUT: Readonly<Record<string, string>> = {
  ...of(['S7', 'S9', 'S17'], 'words of the page, which comes later'),
  E21: 'licences are not built',
};

function numbered(letter: string, most: number): string[] {
  return range(letter, 1, most);
}

function range(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);
}

function of(rules: readonly string[], why: string): Record<string, string> {
  return Object.fromEntries(rules.map((rule) => [rule, why]));
}

/** Rules that stand at the head of a string in a test: the names of tests and of the rows of their tables. */
function namedIn(text: string): string[] {
  const heads = text.match(/['"`](?:[SE]\d+(?:, | and |-)?)+(?::| |['"`])/g) ?? [];
  return heads.flatMap((head) => [...head.matchAll(/([SE])(\d+)(?:-[SE]?(\d+))?/g)].flatMap(rulesOf));
}

function rulesOf([, letter = '', from = '', to = from]: RegExpMatchArray): string[] {
  return range(letter, Number(from), Number(to));
}

test('every rule of people and teams has a test that is named by it', () => {
  const files = pathsIn('test').filter((path) => path.endsWith('.test.ts'));
  const named = new Set(files.flatMap((path) => namedIn(readFileSync(join(PROJECT, path), 'utf8'))));
  const missing = RULES.filter((rule) => !named.has(rule) && LEFT_OUT[rule] === undefined);
  expect(missing).toEqual([]);
  expect(named.size).toBeGreaterThan(60);
});

test('the names are read as they are written', () => {
  expect(namedIn(`test('E10, E60: nobody', f); test('S29 and S42: next', f); ['E32: blank']; 'see E99'`)).toEqual([
    ...['E10', 'E60', 'S29', 'S42', 'E32'],
  ]);
});
