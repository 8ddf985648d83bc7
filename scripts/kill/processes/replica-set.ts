import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import {
  freePort,
  type MongodProcess,
  REPLICA_SET,
  spawnMongod,
  stopMongod,
} from '../../../src/store/embedded/mongod-process.js';
import { signalIfThere } from '../../../src/store/embedded/process-identity.js';
import { withAdmin } from '../../../src/store/embedded/replica-set.js';
import { waitUntil } from '../../stage/wait-until.js';

const MEMBERS = 3;
/** Shorter than MongoDB's 10 s, so that a trial has time for more rounds; everything else is as usual. */
const SETTINGS = { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 500 };
const ANSWERS_WITHIN_MS = 2 * SECOND_MS;
const HEALTHY_WITHIN_MS = 90 * SECOND_MS;

const helloSchema = z.object({ isWritablePrimary: z.boolean(), secondary: z.boolean().default(false) });

export interface SetMember {
  readonly port: number;
  /** `kill -9`, gone when it resolves. */
  kill(): Promise<void>;
  /** Does nothing where it runs. */
  start(): Promise<void>;
}

/** Three mongods, each a process of its own on a folder of its own. */
export interface ReplicaSet {
  readonly uri: string;
  readonly members: readonly SetMember[];
  /** The member that takes writes at this moment; null while there is none. */
  primary(): Promise<SetMember | null>;
  /** Waits until all are in: one primary, the others following it. */
  healthy(): Promise<void>;
  stop(): Promise<void>;
}

export interface SetOptions {
  readonly folder: string;
  readonly binary: string;
  readonly signal: AbortSignal;
  /** Processes to end at once when nobody wants to wait any more. */
  readonly children: Set<number>;
}

export async function startReplicaSet(options: SetOptions): Promise<ReplicaSet> {
  const { signal } = options;
  const members: Awaited<ReturnType<typeof startMember>>[] = [];
  const stop = async () => {
    await Promise.all(members.map((member) => member.stop()));
  };
  try {
    for (let index = 0; index < MEMBERS; index += 1) members.push(await startMember(options, index));
    await initiate(members, signal);
    await healthy();
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = members.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return { uri: `mongodb://${hosts}/gethomesafe?replicaSet=${REPLICA_SET}`, members, primary, healthy, stop };

  async function primary(): Promise<SetMember | null> {
    for (const member of members) if ((await hello(member.port))?.isWritablePrimary) return member;
    return null;
  }

  async function healthy(): Promise<void> {
    const isHealthy = async () => {
      const said = await Promise.all(members.map(({ port }) => hello(port)));
      const leads = said.filter((each) => each?.isWritablePrimary).length;
      return leads === 1 && said.filter((each) => each?.secondary).length === MEMBERS - 1;
    };
    await waitUntil(isHealthy, { for: 'a whole replica set', limitMs: HEALTHY_WITHIN_MS, everyMs: 100, signal });
  }
}

async function startMember({ folder, binary, children }: SetOptions, index: number) {
  const root = join(folder, `mongod-${index}`);
  await mkdir(join(root, 'db'), { recursive: true });
  const port = await freePort(undefined);
  let running: MongodProcess | null = null;
  const start = async () => {
    if (running !== null) return;
    running = await spawnMongod({ binary, root, port });
    children.add(running.pid);
  };
  const end = async (graceMs: number | null) => {
    if (running === null) return;
    const { pid } = running;
    running = null;
    if (graceMs === null) signalIfThere(pid, 'SIGKILL');
    await stopMongod(pid, systemClock, graceMs ?? undefined);
    children.delete(pid);
  };
  await start();
  await waitForAnswer(port);
  return { port, start, kill: () => end(null), stop: () => end(5 * SECOND_MS) };
}

async function waitForAnswer(port: number): Promise<void> {
  await withAdmin(port, HEALTHY_WITHIN_MS, (run) => run({ ping: 1 }));
}

async function initiate(members: readonly SetMember[], signal: AbortSignal): Promise<void> {
  const [first] = members;
  const listed = members.map(({ port }, _id) => ({ _id, host: `127.0.0.1:${port}` }));
  const config = { _id: REPLICA_SET, members: listed, settings: SETTINGS };
  const done = () => withAdmin(first?.port ?? 0, HEALTHY_WITHIN_MS, (run) => run({ replSetInitiate: config }));
  await waitUntil(done, { for: 'the replica set to be made', limitMs: HEALTHY_WITHIN_MS, everyMs: 200, signal });
}

async function hello(port: number): Promise<z.infer<typeof helloSchema> | null> {
  try {
    return helloSchema.parse(await withAdmin(port, ANSWERS_WITHIN_MS, (run) => run({ hello: 1 })));
  } catch {
    return null;
  }
}
