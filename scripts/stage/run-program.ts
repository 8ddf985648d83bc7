import { spawn } from 'node:child_process';
import { z } from 'zod';
import { AppError } from '../../src/kernel/app-error.js';
import { SECOND_MS } from '../../src/kernel/clock.js';

/** Longest that a command may take; the slowest waits for a whole sync. */
const LIMIT_MS = 60 * SECOND_MS;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs a Node program to its end, as an operator would, bounded in time. */
export function runProgram(program: string, argv: readonly string[], { environment, signal }: Surroundings) {
  return new Promise<Ran>((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const options = { env: environment, signal: limit, killSignal: 'SIGKILL' } as const;
    const child = spawn(process.execPath, [program, ...argv], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The one JSON document that a program with `--json` says, read with a schema. */
export function documentOf<T>(schema: z.ZodType<T>, { stdout, stderr, code }: Ran, what: string): T {
  const parsed = schema.safeParse(parseJson(stdout));
  if (parsed.success) return parsed.data;
  const refused = refusalSchema.safeParse(parseJson(stdout));
  const reason = refused.success ? refused.data.error.message : z.prettifyError(parsed.error);
  throw new AppError('command_failed', `${what} ended with ${code}: ${reason} ${lastLine(stderr)}`.trim());
}

const refusalSchema = z.object({ error: z.object({ message: z.string() }) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
