import { connect } from 'node:net';
import { AppError, messageOf } from '../../kernel/app-error.js';
import type { Clock } from '../../kernel/clock.js';
import { readMongodFile, writeMongodFile } from './mongod-file.js';
import {
  EXIT_CANNOT_LISTEN,
  freePort,
  lastProblem,
  type MongodProcess,
  spawnMongod,
  stopMongod,
} from './mongod-process.js';
import { makeWritable, rewriteHost } from './replica-set.js';

/** A data folder, with the paths that matter in it. */
export interface MongodFolder {
  readonly root: string;
  /** `mongod.json`. */
  readonly file: string;
  readonly dbPath: string;
  readonly clock: Clock;
}

/** Above the 30 s for which mongod may ask a silent stranger on its old port whether that is itself. */
export const START_LIMIT_MS = 45_000;
const PORT_ATTEMPTS = 3;
const POLL_MS = 20;

interface Mongod {
  readonly binary: string;
  readonly version: string;
  /** Wanted port, used when it is free. */
  readonly port: number | undefined;
}

/** Starts mongod on a folder that none serves, and waits until it can be written to. The caller holds the lock. */
export async function startMongod(
  folder: MongodFolder,
  mongod: Mongod,
): Promise<{ pid: number; port: number; version: string }> {
  const { version } = mongod;
  const before = (await readMongodFile(folder.file))?.port;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(attempt === 1 ? (mongod.port ?? before) : undefined);
    if (before !== undefined && before !== port && (await accepts(before))) await leavePort(folder, mongod, port);
    const child = await spawnMongod({ binary: mongod.binary, root: folder.root, port });
    // Before it is ready: whoever finds us dead finds it.
    await writeMongodFile(folder.file, { pid: child.pid, port, version, attached: [process.pid] });
    try {
      await listening(child, port, folder.clock);
      await makeWritable(port, { limitMs: START_LIMIT_MS, clock: folder.clock });
      return { pid: child.pid, port, version };
    } catch (error) {
      const code = child.exitCode();
      await stopMongod(child.pid, folder.clock);
      await writeMongodFile(folder.file, { pid: null, port, version, attached: [] });
      // Somebody took the port between our look and mongod's; it may have been them who listened, and who are gone.
      const isTaken = code === EXIT_CANNOT_LISTEN || (code === null && isRefused(error));
      if (!isTaken || attempt === PORT_ATTEMPTS) throw await notStarted(folder, code, error);
    }
  }
}

/**
 * Writes the new port into the set's configuration with mongod running alone. A member that starts under another port
 * first asks its old address whether that is itself, and a stranger who listens there and says nothing would hold it
 * up for 30 s.
 */
async function leavePort(folder: MongodFolder, mongod: Mongod, port: number): Promise<void> {
  const child = await spawnMongod({ binary: mongod.binary, root: folder.root, port, alone: true });
  try {
    await writeMongodFile(folder.file, { pid: child.pid, port, version: mongod.version, attached: [process.pid] });
    await listening(child, port, folder.clock);
    await rewriteHost(port, START_LIMIT_MS);
  } catch (error) {
    throw await notStarted(folder, child.exitCode(), error);
  } finally {
    await stopMongod(child.pid, folder.clock);
  }
}

async function listening(child: MongodProcess, port: number, clock: Clock): Promise<void> {
  const giveUpAt = clock.nowMs() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode() !== null) throw new Error('it ended at once');
    if (clock.nowMs() > giveUpAt) throw new Error(`it did not listen within ${START_LIMIT_MS} ms`);
    await clock.sleep(POLL_MS);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Nobody listens on the port. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && (/ECONNREFUSED/.test(error.message) || isRefused(error.cause));
}

async function notStarted(folder: MongodFolder, code: number | null, cause: unknown): Promise<AppError> {
  const ending = code === null ? messageOf(cause) : `it ended with ${code}: ${await lastProblem(folder.root)}`;
  const advice = `Read ${folder.root}/mongod.log; data made by a newer MongoDB needs that version (MONGOD_BINARY).`;
  return new AppError('mongod_failed', `MongoDB did not start in ${folder.root}: ${ending}. ${advice}`, {
    status: 503,
    cause,
  });
}
