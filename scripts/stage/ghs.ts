import type { z } from 'zod';
import { AppError } from '../../src/kernel/app-error.js';
import { GHS_PROGRAM } from './program-paths.js';
import { documentOf, runProgram, type Surroundings } from './run-program.js';

/** The operator's tool as a process of its own: its document, or the failure in its own words. */
export type Ghs = <T>(schema: z.ZodType<T>, ...argv: readonly string[]) => Promise<T>;

export function createGhs(surroundings: Surroundings): Ghs {
  return async (schema, ...argv) => {
    const what = `ghs ${argv.slice(0, 2).join(' ')}`;
    const ran = await runProgram(GHS_PROGRAM, [...argv, '--json'], surroundings);
    const document = documentOf(schema, ran, what);
    if (ran.code !== 0) throw new AppError('command_failed', `${what} ended with ${ran.code}: ${ran.stdout.trim()}`);
    return document;
  };
}
