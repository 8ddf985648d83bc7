import { readFile } from 'node:fs/promises';
import { messageOf } from '../../kernel/app-error.js';
import { UsageError } from './usage-error.js';

/** A JSON file named on the command line; `-` is stdin. */
export async function readJsonFile(path: string, option: string): Promise<unknown> {
  try {
    const text = path === '-' ? await readStdin() : await readFile(path, 'utf8');
    // Editors on Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(`The JSON file ${path} cannot be read: ${messageOf(error)}`, option);
  }
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}
