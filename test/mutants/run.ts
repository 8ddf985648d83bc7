// Breaks one module after the other on purpose and sees whether the tests notice: `npm run test:mutants [-- ID …]`.
// A line a mutant; the last line is {"ok","mutants","survived":[ids]}. Exits 1 when a mutant survives.
import { readFileSync } from 'node:fs';
import { failingTests } from '../support/run-jest.js';

interface Mutant {
  readonly id: string;
  readonly says: string;
  readonly tests: readonly string[];
  /** Only tests whose names have this. */
  readonly only?: string;
}

const LIMIT_MS = 300_000;

const all: readonly Mutant[] = JSON.parse(readFileSync(new URL('mutants.json', import.meta.url), 'utf8'));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !all.some((mutant) => mutant.id === id));
if (unknown.length > 0) {
  console.error(`There is no mutant ${unknown.join(', ')}. Known: ${all.map(({ id }) => id).join(', ')}.`);
  process.exit(2);
}
const mutants = wanted.length === 0 ? all : all.filter(({ id }) => wanted.includes(id));
const survived: string[] = [];
for (const { id, says, tests, only } of mutants) {
  // A run that does not come to its tests is a fault of the list, and ends this.
  const failed = await failingTests({ tests, ...(only && { only }), env: { MUTANT: id }, limitMs: LIMIT_MS });
  if (failed.length === 0) survived.push(id);
  console.log(`${failed.length === 0 ? 'SURVIVED' : 'noticed '}  ${id}: ${says} ${failed[0]?.name ?? ''}`);
}
console.log(JSON.stringify({ ok: survived.length === 0, mutants: mutants.length, survived }));
process.exit(survived.length === 0 ? 0 : 1);
