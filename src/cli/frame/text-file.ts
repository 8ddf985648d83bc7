import { readFile } from 'node:fs/promises';
import { messageOf } from '../../kernel/app-error.js';
import { UsageError } from './usage-error.js';

/** A file of text named on the command line; `-` is stdin. */
export async function readTextFile(path: string, option: string): Promise<string> {
  try {
    return path === '-' ? await readStdin() : await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be read: ${messageOf(error)}`, option);
  }
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}
