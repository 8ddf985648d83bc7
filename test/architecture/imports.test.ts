import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEVIATIONS, MAY_IMPORT, PACKAGE_BORDERS, partOf } from './import-table.js';
import { type Import, importsOf } from './imports-of.js';
import { PROJECT, sourceFile, sourceFilesIn } from './source-tree.js';

const PAGE = 'docs/decisions/0011-import-table.md';
const imports = sourceFilesIn('src').flatMap(importsOf);

/** Imports of `src` that the table does not allow, each with the rule and where to read about it. */
function forbidden(all: readonly Import[]): string[] {
  return all.filter(({ isRelative }) => isRelative).flatMap((each) => complaintAbout(each) ?? []);
}

function complaintAbout(each: Import): string | null {
  const from = partOf(each.file);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return `${each.place}: ${from} is not in the import table (${PAGE})`;
  if (!each.target.startsWith('src/'))
    return `${each.place}: src imports nothing outside src: ${each.target} (${PAGE})`;
  const to = partOf(`${each.target}.ts`);
  if (to === from || to === 'kernel' || allowed.includes(to)) return null;
  const deviation = DEVIATIONS.find((candidate) => candidate.from === from && candidate.to === to);
  if (deviation?.only === 'anything' || (deviation && each.typesOnly)) return null;
  return `${each.place}: ${from} may not import ${to}${deviation ? ' but for types' : ''} (${PAGE})`;
}

function outsideBorders(all: readonly Import[]): string[] {
  return all.flatMap(({ file, place, target, isRelative }) => {
    const border = isRelative ? undefined : PACKAGE_BORDERS.find(({ packages }) => packages.includes(target));
    if (border === undefined || border.within.some((where) => file.startsWith(`src/${where}`))) return [];
    return [`${place}: ${target} belongs under ${border.within.join(', ')} (${PAGE})`];
  });
}

test('each part of src imports only what the table allows', () => {
  expect(forbidden(imports)).toEqual([]);
});

test('nothing in src imports the simulator, and the simulator imports nothing but the kernel', () => {
  const users = imports.filter(
    ({ file, target }) => partOf(file) !== 'simulator' && target.startsWith('src/simulator/'),
  );
  expect(users.map(({ place }) => `${place}: only scripts and tests import the simulator (${PAGE})`)).toEqual([]);
  expect(MAY_IMPORT['simulator']).toEqual([]);
});

test('the packages at the borders are imported only by the parts that own them', () => {
  expect(outsideBorders(imports)).toEqual([]);
});

test('every deviation is in use and explained', () => {
  const page = readFileSync(join(PROJECT, PAGE), 'utf8');
  const stale = DEVIATIONS.filter(({ from, to, only }) => {
    const uses = imports.filter(({ file, target }) => partOf(file) === from && partOf(`${target}.ts`) === to);
    return uses.length === 0 || (only === 'anything' && uses.every(({ typesOnly }) => typesOnly));
  });
  expect(stale.map(({ from, to, only }) => `${from} imports ${to} (${only}) no more: take it out`)).toEqual([]);
  const unexplained = DEVIATIONS.filter(({ from, to }) => !page.includes(`| \`${from}\` | \`${to}\` |`));
  expect(unexplained.map(({ from, to }) => `${PAGE} says nothing of ${from} importing ${to}`)).toEqual([]);
});

test('the table itself refuses what it should refuse', () => {
  const lines = [
    "import { createPeople } from '../records/people.js';",
    "import type { Simulator } from '../simulator/server/start-simulator.js';",
    "export { waitFor } from '../../test/support/wait-for.js';",
    "const load = () => import('../graph/budget.js');",
    "type Row = import('../mirror/types.js').PersonRow;",
    "import express from 'express';",
    "import mongoose from 'mongoose';",
  ];
  const file = importsOf(sourceFile('src/intake/made-up.ts', lines.join('\n')));
  expect(forbidden(file)).toHaveLength(5);
  expect(outsideBorders(file)).toEqual([expect.stringContaining('src/intake/made-up.ts:7: mongoose belongs under')]);
  expect(forbidden(importsOf(sourceFile('src/unknown/made-up.ts', lines[0] ?? '')))).toHaveLength(1);
  const types = importsOf(sourceFile('src/mirror/made-up.ts', "import { type A } from '../projection/types.js';"));
  const values = importsOf(sourceFile('src/mirror/made-up.ts', "import { A } from '../projection/types.js';"));
  expect([forbidden(types).length, forbidden(values).length]).toEqual([0, 1]);
});
