import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Embedded, type EmbeddedOptions, startEmbedded } from '../../src/store/embedded/start-embedded.js';

const root = join(__dirname, '..', '..');

export interface AttachedProcess {
  readonly mongodPid: number;
  readonly port: number;
  readonly uri: string;
  /** Lets it detach and end. */
  end(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export interface DataFolder {
  readonly path: string;
  /** What `mongod.json` says. */
  file(): Promise<{ pid: number | null; port: number; attached: number[] }>;
  start(options?: Pick<EmbeddedOptions, 'port' | 'answerLimitMs'>): Promise<Embedded>;
  startElsewhere(): Promise<AttachedProcess>;
  /** Ends whatever the test left running and removes the folder. */
  remove(): Promise<void>;
}

/** A temporary DATA_DIR with its own mongod, for tests of the embedded server itself. */
export async function createDataFolder(): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'ghs-data-'));
  const cacheDir = join(root, '.cache', 'mongod');
  const mongod = { binary: process.env['MONGOD_BINARY'], path: process.env['PATH'] ?? '', cacheDir };
  const left: Array<() => Promise<void>> = [];

  return { path, file, start, startElsewhere, remove };

  async function file(): ReturnType<DataFolder['file']> {
    return JSON.parse(await readFile(join(path, 'mongod.json'), 'utf8'));
  }

  async function start(options: Pick<EmbeddedOptions, 'port' | 'answerLimitMs'> = {}): Promise<Embedded> {
    const server = await startEmbedded({ dataDir: path, mongod, ...options });
    left.push(server.detach);
    return server;
  }

  async function startElsewhere(): Promise<AttachedProcess> {
    const script = join(__dirname, 'attached-process.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, path, cacheDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: root,
    });
    const ended = once(child, 'exit');
    left.push(() => finish(child, ended, () => child.kill('SIGKILL')));
    const [line] = await once(createInterface(child.stdout), 'line');
    const { pid, port, uri } = JSON.parse(line);
    return {
      mongodPid: pid,
      port,
      uri,
      end: () => finish(child, ended, () => child.stdin.end()),
      kill: () => finish(child, ended, () => child.kill('SIGKILL')),
    };
  }

  async function remove(): Promise<void> {
    for (const end of left) await end();
    const { pid } = await file().catch(() => ({ pid: null }));
    // An orphan is stopped by whoever attaches and detaches last.
    if (pid !== null) await (await start()).detach();
    await rm(path, { recursive: true, force: true });
  }
}

async function finish(child: ChildProcess, ended: Promise<unknown>, end: () => void): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) end();
  await ended;
}
