import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface JestRun {
  /** Paths of tests, or beginnings of them. */
  readonly tests: readonly string[];
  /** Only tests whose names have this. */
  readonly only?: string;
  /** Beside what this process has. */
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

export interface FailedTest {
  readonly path: string;
  readonly name: string;
  readonly message: string;
}

interface Results {
  readonly numTotalTests?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs some tests in a process of its own.
 *
 * @returns those that failed; a file that does not come to its tests is one of them
 * @throws Error where no test ran at all, with what Jest said
 */
export async function failingTests({ tests, only, env, limitMs, signal }: JestRun): Promise<FailedTest[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ghs-jest-'));
  const outputFile = join(folder, 'jest.json');
  try {
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    const argv = [jest, ...tests, '--forceExit', '--silent', '--json', `--outputFile=${outputFile}`];
    if (only) argv.push('--testNamePattern', only);
    const said = await runNode(argv, { env: { ...process.env, ...env }, timeout: limitMs, signal });
    signal?.throwIfAborted();
    const { numTotalTests = 0, testResults = [] }: Results = JSON.parse(
      await readFile(outputFile, 'utf8').catch(() => '{}'),
    );
    if (numTotalTests === 0) throw new Error(`No test ran. ${said.slice(-2_000)}`);
    return testResults.flatMap(({ name: path, status, message, assertionResults }) => {
      const failed = assertionResults.filter((each) => each.status === 'failed');
      if (status === 'failed' && failed.length === 0) return [{ path, name: path, message }];
      return failed.map(({ fullName, failureMessages }) => ({
        path,
        name: fullName,
        message: failureMessages.join('\n'),
      }));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Runs Node to its end and answers what it said. */
function runNode(argv: readonly string[], { env, timeout, signal }: Surroundings): Promise<string> {
  return new Promise((resolve, reject) => {
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
    const child = spawn(process.execPath, argv, { cwd: root, env, timeout, stdio, ...(signal && { signal }) });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}
