import type { Config } from '../../../src/config/config.js';
import type { Environment } from '../../../src/config/environment-texts.js';
import { parseConfig } from '../../../src/config/parse-config.js';
import { AppError } from '../../../src/kernel/app-error.js';
import { systemClock } from '../../../src/kernel/clock.js';

export const SECRET = 'an application secret of enough length';
const LEAST: Environment = {
  AZURE_CLIENT_ID: '12345678-90AB-cdef-1234-567890abcdef',
  AZURE_CLIENT_SECRET: 'client~secret',
  PUBLIC_URL: 'https://entra.gethomesafe.example/',
  APP_SECRET: SECRET,
};

/** The least environment with a change, on a system that has these files at that time. */
export function parse(
  change: Environment,
  files: Readonly<Record<string, string>> = {},
  at = '2027-01-01T00:00:00Z',
): Config {
  const readText = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  };
  return parseConfig({ ...LEAST, ...change }, { readText, clock: { ...systemClock, now: () => new Date(at) } });
}

/** The message of the refusal. */
export function problems(change: Environment, files: Readonly<Record<string, string>> = {}, at?: string): string {
  try {
    parse(change, files, at);
  } catch (error) {
    if (error instanceof AppError && error.code === 'configuration') return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}
