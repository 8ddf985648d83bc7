import { spawn } from 'node:child_process';
import { type Clock, systemClock } from '../../kernel/clock.js';

export interface ProgramResult {
  /** Exit code, or null when the program could not be started or was ended by its bound. */
  readonly code: number | null;
  readonly stdout: string;
  /** What went wrong in one line, from the program itself where it said so; empty when it ended with 0. */
  readonly problem: string;
}

export interface ProgramOptions {
  readonly limitMs: number;
  /** The program is given up when it has printed nothing by then. */
  readonly firstOutputMs?: number;
  readonly onOutput?: (text: string) => void;
  readonly clock?: Clock;
}

/** Runs a program to its end, bounded in time; its output is collected and never reaches our own stdout. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const done = new AbortController();
  let stdout = '';
  let stderr = '';
  let endedBecause = '';
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    options.onOutput?.(chunk.toString());
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });

  void giveUpAfter(options.limitMs, () => true, `took longer than ${options.limitMs} ms`);
  if (options.firstOutputMs !== undefined) {
    const silent = () => stdout === '' && stderr === '';
    void giveUpAfter(options.firstOutputMs, silent, `no answer within ${options.firstOutputMs} ms`);
  }
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      endedBecause ||= error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  done.abort();
  const problem = code === 0 ? '' : endedBecause || lastLine(stderr) || lastLine(stdout) || `ended with ${code}`;
  return { code, stdout, problem };

  async function giveUpAfter(ms: number, applies: () => boolean, why: string): Promise<void> {
    const late = await (options.clock ?? systemClock).sleep(ms, done.signal).then(
      () => true,
      () => false,
    );
    if (!late || !applies()) return;
    endedBecause = why;
    child.kill('SIGKILL');
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
