// Breaks one module after the other on purpose and sees whether the tests notice: `npm run test:mutants [-- ID …]`.
// A line a mutant; the last line is {"ok","mutants","survived":[ids]}. Exits 1 when a mutant survives.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 300_000;

const all = JSON.parse(await readFile(new URL('mutants.json', import.meta.url), 'utf8'));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !all.some((mutant) => mutant.id === id));
if (unknown.length > 0) {
  console.error(`There is no mutant ${unknown.join(', ')}. Known: ${all.map(({ id }) => id).join(', ')}.`);
  process.exit(2);
}
const mutants = wanted.length === 0 ? all : all.filter(({ id }) => wanted.includes(id));
const survived = [];
for (const mutant of mutants) {
  const failed = await failingTests(mutant);
  if (failed.length === 0) survived.push(mutant.id);
  console.log(`${failed.length === 0 ? 'SURVIVED' : 'noticed '}  ${mutant.id}: ${mutant.says} ${failed[0] ?? ''}`);
}
console.log(JSON.stringify({ ok: survived.length === 0, mutants: mutants.length, survived }));
process.exit(survived.length === 0 ? 0 : 1);

/** Names of the tests that fail; a run that does not come to its tests is a fault of the list, and ends this. */
async function failingTests({ id, tests, only }) {
  const folder = await mkdtemp(join(tmpdir(), 'ghs-mutant-'));
  const outputFile = join(folder, 'jest.json');
  try {
    const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
    const argv = [jest, ...tests, '--forceExit', '--silent', '--json', `--outputFile=${outputFile}`];
    if (only) argv.push('--testNamePattern', only);
    const said = await run(argv, { ...process.env, MUTANT: id });
    const text = await readFile(outputFile, 'utf8').catch(() => '{}');
    const { numTotalTests = 0, testResults = [] } = JSON.parse(text);
    if (numTotalTests === 0) throw new Error(`${id}: no test ran. ${said.slice(-2_000)}`);
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    return results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs Node to its end and answers what it said. */
function run(argv, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {
      cwd: root,
      env,
      timeout: LIMIT_MS,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}
