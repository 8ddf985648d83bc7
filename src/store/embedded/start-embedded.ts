import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../kernel/clock.js';
import { type FindMongodOptions, findMongod } from './find-mongod.js';
import { withFolderLock } from './folder-lock.js';
import { livingOf, type MongodFile, readMongodFile, writeMongodFile } from './mongod-file.js';
import { REPLICA_SET, stopMongod } from './mongod-process.js';
import { argumentsOf, isRunning } from './process-identity.js';
import { makeWritable, whoAnswers } from './replica-set.js';
import { type MongodFolder, START_LIMIT_MS, startMongod } from './start-mongod.js';

export interface EmbeddedOptions {
  /** DATA_DIR: `db/`, `mongod.json` and `mongod.log` are kept in it. */
  readonly dataDir: string;
  /** Wanted port, used when free; otherwise that of the last run, otherwise any. */
  readonly port?: number;
  /** Where a mongod may come from; not looked for while one is running. */
  readonly mongod: FindMongodOptions;
  readonly clock?: Clock;
}

export interface Embedded {
  readonly uri: string;
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** Stops mongod when nobody else alive is attached. A second call does nothing. */
  detach(): Promise<void>;
}

type Server = Pick<Embedded, 'pid' | 'port' | 'version'>;

/** For one that was started a moment ago by a process that has died since. */
const ANSWER_LIMIT_MS = 10_000;
/** Longer than one start and one stop together, the longest that the lock is held. */
const LOCK_LIMIT_MS = 60_000;

/** Attaches to the mongod of a data folder, or starts it (CONTRACT section 2, "Embedded MongoDB"). */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = await openFolder(options);
  let server = await locked(folder, () => attach(folder));
  if (server === null) {
    // Outside the lock: a first download may take minutes.
    const { binary, version } = await findMongod(options.mongod);
    server = await locked(folder, async () => {
      return (await attach(folder)) ?? (await startMongod(folder, { binary, version, port: options.port }));
    });
  }
  const found = server;
  let detached: Promise<void> | null = null;
  return {
    ...found,
    uri: `mongodb://127.0.0.1:${found.port}/gethomesafe?replicaSet=${REPLICA_SET}`,
    detach: () => (detached ??= locked(folder, () => detach(folder, found))),
  };
}

async function openFolder(options: EmbeddedOptions): Promise<MongodFolder> {
  await mkdir(join(options.dataDir, 'db'), { recursive: true });
  const root = await realpath(options.dataDir);
  return { root, file: join(root, 'mongod.json'), dbPath: join(root, 'db'), clock: options.clock ?? systemClock };
}

function locked<T>(folder: MongodFolder, work: () => Promise<T>): Promise<T> {
  return withFolderLock(`${folder.file}.lock`, { clock: folder.clock, limitMs: LOCK_LIMIT_MS }, work);
}

/** Joins the mongod that runs on this folder; null when none does (one that does not answer is stopped). */
async function attach(folder: MongodFolder): Promise<Server | null> {
  const known = await readMongodFile(folder.file);
  const running = (await fromFile(known)) ?? (await fromDatabaseLock(folder));
  if (running === null) return null;
  const answer = await whoAnswers(running.port, ANSWER_LIMIT_MS);
  if (answer?.dbPath !== folder.dbPath) {
    if (await servesFolder(running.pid, folder)) await stopMongod(running.pid, folder.clock);
    return null;
  }
  const server = { ...running, version: answer.version };
  await makeWritable(server.port, { limitMs: START_LIMIT_MS, clock: folder.clock });
  const attached = known === null ? [] : await livingOf(known);
  await writeMongodFile(folder.file, { ...server, attached: [...attached, process.pid] });
  return server;
}

async function fromFile(known: MongodFile | null): Promise<{ pid: number; port: number } | null> {
  if (known === null || known.pid === null) return null;
  const alive = await isRunning(known.pid, known.births[known.pid]);
  return alive ? { pid: known.pid, port: known.port } : null;
}

/** mongod itself keeps its pid in `db/mongod.lock`: finds one whose starter died before `mongod.json` was written. */
async function fromDatabaseLock(folder: MongodFolder): Promise<{ pid: number; port: number } | null> {
  const text = await readFile(join(folder.dbPath, 'mongod.lock'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0) || !(await isRunning(pid)) || !(await servesFolder(pid, folder))) return null;
  const args = (await argumentsOf(pid)) ?? [];
  const port = Number(args[args.indexOf('--port') + 1]);
  return port > 0 ? { pid, port } : null;
}

async function servesFolder(pid: number, folder: MongodFolder): Promise<boolean> {
  const args = await argumentsOf(pid);
  return args !== null && args[args.indexOf('--dbpath') + 1] === folder.dbPath;
}

async function detach(folder: MongodFolder, server: Server): Promise<void> {
  const known = await readMongodFile(folder.file);
  const others = known === null ? [] : without(process.pid, await livingOf(known));
  const last = known ?? { ...server, attached: [] };
  if (others.length > 0) return writeMongodFile(folder.file, { ...last, attached: others });
  const running = (await fromFile(known)) ?? (await fromDatabaseLock(folder));
  if (running !== null) await stopMongod(running.pid, folder.clock);
  await writeMongodFile(folder.file, { ...last, pid: null, attached: [] });
}

/** One of ours only: a process that attached twice detaches twice. */
function without(pid: number, pids: readonly number[]): number[] {
  const index = pids.indexOf(pid);
  return index < 0 ? [...pids] : pids.toSpliced(index, 1);
}
