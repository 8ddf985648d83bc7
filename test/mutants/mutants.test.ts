import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..', '..');

interface Mutant {
  readonly id: string;
  readonly says: string;
  readonly file: string;
  readonly find: string;
  readonly instead: string;
  readonly tests: readonly string[];
  /** Only tests whose names have this. */
  readonly only?: string;
}

const mutants: readonly Mutant[] = JSON.parse(readFileSync(join(__dirname, 'mutants.json'), 'utf8'));

test('each law is broken by a mutant', () => {
  const broken = new Set(mutants.map(({ id }) => id.split('-')[0]));
  expect([...broken].sort()).toEqual(Array.from({ length: 16 }, (_, index) => `L${index + 1}`).sort());
});

test.each(mutants)('$id breaks something that is there, and names tests that are there', (mutant) => {
  const parts = readFileSync(join(root, mutant.file), 'utf8').split(mutant.find);
  expect(parts).toHaveLength(2);
  expect(parts.join(mutant.instead)).not.toBe(parts.join(mutant.find));
  expect(mutant.tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('tests notice a broken module: two of the mutants, the rest with npm run test:mutants', async () => {
  const program = ['--import', 'tsx', join(__dirname, 'run.ts')];
  const some = ['L7-older-read-wins', 'L12-no-guard'];
  const { stdout } = await promisify(execFile)(process.execPath, [...program, ...some], { cwd: root });
  const answer = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(answer).toEqual({ ok: true, mutants: 2, survived: [] });
});
