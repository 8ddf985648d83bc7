import { link, open, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { AppError } from '../../kernel/app-error.js';
import type { Clock } from '../../kernel/clock.js';
import { birthOf, codeOf, isRunning } from './process-identity.js';

export interface FolderLockOptions {
  readonly clock: Clock;
  /** How long to wait for whoever holds it. */
  readonly limitMs: number;
}

const POLL_MS = 25;
/** Breaking a lock is a few file operations; whoever takes longer has died in between. */
const BREAKING_LIMIT_MS = 5_000;

/** Runs `work` while no other process does so under the same file; a lock whose holder is dead is broken. */
export async function withFolderLock<T>(file: string, options: FolderLockOptions, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${await birthOf(process.pid)}`;
  const giveUpAt = options.clock.nowMs() + options.limitMs;
  while (!(await take(file, mine))) {
    if (await isStale(file)) await breakLock(file, options.clock);
    else if (options.clock.nowMs() > giveUpAt) throw await heldTooLong(file);
    else await options.clock.sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** The file appears with its content in it: a reader never sees a lock without a holder. */
async function take(file: string, mine: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, mine);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isStale(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return false;
  const [pid, birth] = text.split(' ');
  return !(await isRunning(Number(pid), birth));
}

/** Two that find the same dead lock must not remove each other's new one, so that breaking has a lock of its own. */
async function breakLock(file: string, clock: Clock): Promise<void> {
  const breaking = `${file}.breaking`;
  const handle = await open(breaking, 'wx').catch(() => null);
  if (handle === null) {
    const age = await stat(breaking).then(
      (found) => clock.nowMs() - found.mtimeMs,
      () => 0,
    );
    if (age > BREAKING_LIMIT_MS) await rm(breaking, { force: true });
    await clock.sleep(POLL_MS);
    return;
  }
  try {
    if (await isStale(file)) await unlink(file);
  } finally {
    await handle.close();
    await rm(breaking, { force: true });
  }
}

async function heldTooLong(file: string): Promise<AppError> {
  const holder = (await readFile(file, 'utf8').catch(() => '')).split(' ')[0];
  const text = `Process ${holder} holds ${file} and does not finish starting or stopping MongoDB. End it, then try again.`;
  return new AppError('data_dir_locked', text, { status: 503 });
}
