import { messageOf } from '../../kernel/app-error.js';
import { readTextFile } from './text-file.js';
import { UsageError } from './usage-error.js';

/** A JSON file named on the command line; `-` is stdin. */
export async function readJsonFile(path: string, option: string): Promise<unknown> {
  const text = await readTextFile(path, option);
  try {
    // Editors on Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(`The file ${path} is no JSON: ${messageOf(error)}`, option);
  }
}
