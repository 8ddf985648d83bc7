import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, messageOf } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';

/** Personal data: only whoever made the file reads it. */
const OWNER_ONLY = 0o600;

/**
 * Writes a file that is there whole or not at all: beside its place first, then renamed. A failure leaves what was
 * there before.
 *
 * @throws AppError file_unwritable
 */
export async function writeWhole(
  chance: Pick<Chance, 'guid'>,
  path: string,
  chunks: AsyncIterable<string>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${chance.guid()}`);
  const file = await attempt(path, () => open(temporary, 'wx', OWNER_ONLY));
  try {
    await writeAll(path, { file, chunks });
    await attempt(path, () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(
  path: string,
  { file, chunks }: { file: FileHandle; chunks: AsyncIterable<string> },
): Promise<void> {
  try {
    for await (const chunk of chunks) await attempt(path, () => file.writeFile(chunk));
    await attempt(path, () => file.sync());
  } finally {
    await file.close();
  }
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const text = `The file ${path} cannot be written: ${messageOf(cause)}. Nothing of it was kept.`;
    throw new AppError('file_unwritable', text, { status: 500, field: 'out', cause });
  }
}
