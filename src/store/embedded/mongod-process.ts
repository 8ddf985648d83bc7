import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.js';
import { isRunning, signalIfThere } from './process-identity.js';

export const REPLICA_SET = 'ghs';

/** mongod's exit code when it cannot listen (MongoDB manual, exit codes). */
export const EXIT_CANNOT_LISTEN = 48;

/**
 * Below the ports that Linux gives to outgoing connections (32768 and up, ip_local_port_range): one of those may be
 * in use, or in TIME_WAIT, when mongod comes back for it.
 */
const FIRST_PORT = 27_100;
const PORTS = 4_000;

/** MongoDB's own is 60 s. Ours take well below a second; a dead process's holds what it wrote until then. */
const TRANSACTION_LIFETIME_S = 20;

const POLL_MS = 20;
const STOP_LIMIT_MS = 20_000;
const KILL_LIMIT_MS = 5_000;
/** The log is kept between runs; a bigger one makes way at the next start. */
const LOG_LIMIT_BYTES = 32 * 1024 * 1024;

export interface MongodProcess {
  readonly pid: number;
  /** Exit code once it has ended, null while it runs (-1 when a signal ended it). */
  exitCode(): number | null;
}

/**
 * Starts mongod as a process group of its own, so that Ctrl-C in our terminal does not reach it and it outlives us
 * while others are attached. The caller stops it.
 */
export async function spawnMongod(options: {
  binary: string;
  root: string;
  port: number;
  /** Outside its replica set, to mend the set's own configuration. */
  alone?: boolean;
}): Promise<MongodProcess> {
  const log = join(options.root, 'mongod.log');
  await makeRoom(log);
  const args = [
    ['--dbpath', join(options.root, 'db'), '--port', String(options.port)],
    options.alone ? [] : ['--replSet', REPLICA_SET],
    ['--bind_ip', '127.0.0.1', '--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '256'],
    ['--setParameter', `transactionLifetimeLimitSeconds=${TRANSACTION_LIFETIME_S}`],
    ['--logpath', log, '--logappend', ...(process.platform === 'win32' ? [] : ['--nounixsocket'])],
  ].flat();
  const child = spawn(options.binary, args, { stdio: 'ignore', detached: true, windowsHide: true });
  const pid = await pidOf(child);
  child.unref();
  return { pid, exitCode: () => child.exitCode ?? (child.signalCode === null ? null : -1) };
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('mongod has no pid')) : resolve(child.pid)));
  });
}

/** Ends mongod in order, and hard when that takes too long; resolves when the process is gone. */
export async function stopMongod(pid: number, clock: Clock, graceMs = STOP_LIMIT_MS): Promise<void> {
  if (await endWith('SIGTERM', graceMs)) return;
  await endWith('SIGKILL', KILL_LIMIT_MS);

  async function endWith(signal: NodeJS.Signals, limitMs: number): Promise<boolean> {
    const giveUpAt = clock.nowMs() + limitMs;
    if (await isRunning(pid)) signalIfThere(pid, signal);
    while (await isRunning(pid)) {
      if (clock.nowMs() > giveUpAt) return false;
      await clock.sleep(POLL_MS);
    }
    return true;
  }
}

/**
 * `wanted` where it is free, otherwise the first free port from a place in our range that depends on the process, so
 * that two who start at once seldom meet; any port at all where the whole range is taken.
 */
export async function freePort(wanted: number | undefined): Promise<number> {
  const start = process.pid % PORTS;
  const inRange = Array.from({ length: PORTS }, (_, step) => FIRST_PORT + ((start + step) % PORTS));
  for (const port of [...(wanted === undefined ? [] : [wanted]), ...inRange]) {
    if ((await listenOnce(port)) !== null) return port;
  }
  return (await listenOnce(0)) ?? 0;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

/** What mongod's log says last about why it ended: its newest fatal or error line. */
export async function lastProblem(root: string): Promise<string> {
  const text = await readFile(join(root, 'mongod.log'), 'utf8').catch(() => '');
  const line = text
    .split('\n')
    .slice(-200)
    .findLast((entry) => /"s":"[FE]"/.test(entry));
  return line === undefined ? 'its log names no error' : line.replace(/^.*?"msg":/, '').slice(0, 400);
}

async function makeRoom(log: string): Promise<void> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(log, `${log}.1`);
}
