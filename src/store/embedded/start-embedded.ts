import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../kernel/app-error.js';
import { type Clock, systemClock } from '../../kernel/clock.js';
import { type FindMongodOptions, findMongod } from './find-mongod.js';
import { withFolderLock } from './folder-lock.js';
import { livingOf, type MongodFile, readMongodFile, writeMongodFile } from './mongod-file.js';
import { REPLICA_SET, stopMongod } from './mongod-process.js';
import { argumentsOf, isRunning } from './process-identity.js';
import { makeWritable, whoAnswers } from './replica-set.js';
import { type MongodFolder, startMongod } from './start-mongod.js';

export interface EmbeddedOptions {
  /** DATA_DIR: `db/`, `mongod.json` and `mongod.log` are kept in it. */
  readonly dataDir: string;
  /** Wanted port, used when free; otherwise that of the last run, otherwise any. */
  readonly port?: number;
  /** Where a mongod may come from; not looked for while one is running. */
  readonly mongod: FindMongodOptions;
  readonly clock?: Clock;
  /** How long a mongod that is said to run may take to answer; 5 s unless told. */
  readonly answerLimitMs?: number;
}

interface OpenFolder extends MongodFolder {
  readonly answerLimitMs: number;
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
const ANSWER_LIMIT_MS = 5_000;
/** One that does not answer hardly obeys either; the journal keeps what it acknowledged. */
const HUNG_GRACE_MS = 3_000;
/** Longer than one start and one stop together, the longest that the lock is held. */
const LOCK_LIMIT_MS = 90_000;

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

async function openFolder(options: EmbeddedOptions): Promise<OpenFolder> {
  await mkdir(join(options.dataDir, 'db'), { recursive: true });
  const root = await realpath(options.dataDir);
  return {
    root,
    file: join(root, 'mongod.json'),
    dbPath: join(root, 'db'),
    clock: options.clock ?? systemClock,
    answerLimitMs: options.answerLimitMs ?? ANSWER_LIMIT_MS,
  };
}

function locked<T>(folder: MongodFolder, work: () => Promise<T>): Promise<T> {
  return withFolderLock(`${folder.file}.lock`, { clock: folder.clock, limitMs: LOCK_LIMIT_MS }, work);
}

/** Joins the mongod that runs on this folder; null when none does (one that is of no use is stopped). */
async function attach(folder: OpenFolder): Promise<Server | null> {
  const known = await readMongodFile(folder.file);
  const running = (await fromFile(folder, known)) ?? (await fromDatabaseLock(folder));
  if (running === null) return null;
  const version = await readyVersion(folder, running.port);
  const attached = known === null ? [] : await livingOf(known);
  if (version === null) {
    if (attached.length > 0) throw silent(folder, running.pid, attached);
    if (await servesFolder(running.pid, folder)) await stopMongod(running.pid, folder.clock, HUNG_GRACE_MS);
    return null;
  }
  await writeMongodFile(folder.file, { ...running, version, attached: [...attached, process.pid] });
  return { ...running, version };
}

/** It may only be busy, and taking it from those who use it is not ours to decide. */
function silent(folder: MongodFolder, pid: number, attached: readonly number[]): AppError {
  const text =
    `The MongoDB of ${folder.root} (process ${pid}) does not answer, and processes ${attached.join(', ')} use it. ` +
    'Try again, or end those processes and then start again.';
  return new AppError('mongod_silent', text, { status: 503 });
}

/** The version of the folder's mongod once it can be written to; null when it cannot. */
async function readyVersion(folder: OpenFolder, port: number): Promise<string | null> {
  const answer = await whoAnswers(port, folder.answerLimitMs);
  if (answer?.dbPath !== folder.dbPath) return null;
  // One whose starter died half-way may be in no replica set yet.
  return makeWritable(port, { limitMs: folder.answerLimitMs, clock: folder.clock }).then(
    () => answer.version,
    () => null,
  );
}

async function fromFile(folder: MongodFolder, known: MongodFile | null): Promise<{ pid: number; port: number } | null> {
  if (known === null || known.pid === null) return null;
  const alive = await isRunning(known.pid, known.births[known.pid]);
  // Where the system does not tell a process's arguments, the answer on the port decides.
  const serves = alive && (await servesFolder(known.pid, folder)) !== false;
  return serves ? { pid: known.pid, port: known.port } : null;
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

/** Whether the process is a mongod on this folder; null where the system does not tell. */
async function servesFolder(pid: number, folder: MongodFolder): Promise<boolean | null> {
  const args = await argumentsOf(pid);
  return args === null ? null : args[args.indexOf('--dbpath') + 1] === folder.dbPath;
}

async function detach(folder: MongodFolder, server: Server): Promise<void> {
  const known = await readMongodFile(folder.file);
  const others = known === null ? [] : without(process.pid, await livingOf(known));
  const last = known ?? { ...server, attached: [] };
  if (others.length > 0) return writeMongodFile(folder.file, { ...last, attached: others });
  const running = (await fromFile(folder, known)) ?? (await fromDatabaseLock(folder));
  if (running !== null) await stopMongod(running.pid, folder.clock);
  await writeMongodFile(folder.file, { ...last, pid: null, attached: [] });
}

/** One of ours only: a process that attached twice detaches twice. */
function without(pid: number, pids: readonly number[]): number[] {
  const index = pids.indexOf(pid);
  return index < 0 ? [...pids] : pids.toSpliced(index, 1);
}
