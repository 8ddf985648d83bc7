import { freePort } from '../../../scripts/stage/free-port.js';
import type { Services } from '../../../src/compose.js';
import { openServices } from '../../../src/compose.js';
import type { Config } from '../../../src/config/config.js';
import { systemChance } from '../../../src/kernel/chance.js';
import type { Clock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { createSigningKeys, type SigningKeys } from '../../../src/simulator/identity/signing-keys.js';
import type { RecordedAnswer } from '../../../src/simulator/server/request-log.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server/start-simulator.js';
import { createWorld, REQUESTED_ROLES } from '../../../src/simulator/world/create-world.js';
import type { Tenant } from '../../../src/simulator/world/types.js';
import { seededChance } from '../../support/seeded-chance.js';
import { stackConfig } from '../../support/stack.js';
import { type Instance, startInstance } from '../machine/instance.js';
import { type Crowd, createCrowd, type Party } from '../machine/traffic.js';
import { createVirtualTime, type VirtualTime } from '../machine/virtual-time.js';

/** What histories that follow one another share, because making it takes long: a database and keys. */
export interface Lane {
  readonly uri: string;
  /** An operator's connection, in the time of the history that is played. */
  readonly desk: Services;
  readonly signingKeys: SigningKeys;
  /** Time and chance of the history that is played from now on. */
  enter(time: VirtualTime, seed: string): void;
  /** Nothing of the last history is left. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Where one history is played. */
export interface Stage {
  readonly seed: string;
  readonly time: VirtualTime;
  readonly crowd: Crowd;
  readonly graph: Party;
  readonly simulator: Simulator;
  readonly tenant: Tenant;
  readonly desk: Services;
  readonly config: Config;
  /** Starts a process of the service. */
  start(name: string, options: { intake: boolean; aheadMs: number }): Promise<Instance>;
  /** Lets time pass at once, and everything end that follows from it. */
  tick(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** 02:00 in Auckland on some day of 2026, so that summer time begins or ends in some histories. */
const FIRST_DAY_MS = Date.parse('2026-01-01T13:00:00.000Z');
const DAY_MS = 86_400_000;
/** The product's own times. */
const TIMES = {
  LAG_DIRECTORY_MS: '900000',
  LAG_MAILBOX_MS: '120000',
  LOOKS_MS: '10000,60000,300000',
  RIPENING_MS: '60000',
  GONE_CONFIRM_MS: '600000',
  PROBLEM_DELAY_MS: '60000',
};
/** Real time in which the simulator sends what it has gathered. */
const BATCHING_MS = 1;

export async function openLane(uri: string, signingKeys?: SigningKeys): Promise<Lane> {
  let time = createVirtualTime(0);
  let chance = systemChance;
  const clock: Clock = {
    nowMs: () => time.nowMs(),
    now: () => new Date(time.nowMs()),
    sleep: () => new Promise((resolve) => setTimeout(resolve, 1)),
  };
  const log = createLog(process.env['GHS_TEST_LOG'] ?? 'silent');
  const mongo = { mongo: { kind: 'uri', uri }, dataDir: '', logLevel: 'silent' } as const;
  const of = () => chance;
  const desk = await openServices(mongo, {
    ...{ log, path: '', clock },
    chance: { random: () => of().random(), guid: () => of().guid(), token: (bytes) => of().token(bytes) },
  });
  return {
    uri,
    desk,
    signingKeys: signingKeys ?? createSigningKeys(systemChance),
    enter: (next, seed) => {
      time = next;
      chance = seededChance(`${seed} desk`);
    },
    clear: () => clear(desk),
    close: async () => {
      await desk.store.db.dropDatabase();
      await desk.close();
    },
  };
}

/** Whoever was killed in a transaction still holds its documents. */
async function clear({ store }: Services): Promise<void> {
  const fences = await store.db.collection('fences').find().toArray();
  for (const { session } of fences) if (session) await store.killSession(session);
  const all = await store.db.listCollections({}, { nameOnly: true }).toArray();
  const kept = new Set(['migrations']);
  await Promise.all(
    all.filter(({ name }) => !kept.has(name)).map(({ name }) => store.db.collection(name).deleteMany({})),
  );
}

export async function openStage(
  lane: Lane,
  { seed, number, record }: { seed: string; number: number; record(answer: RecordedAnswer): void },
): Promise<Stage> {
  const time = createVirtualTime(FIRST_DAY_MS + (number % 365) * DAY_MS);
  lane.enter(time, seed);
  const crowd = createCrowd();
  const graph = crowd.join('graph');
  const world = createWorld({
    seed: number,
    clock: time,
    tenants: [{ people: 0, groups: 0, consentedRoles: REQUESTED_ROLES }],
  });
  const { signingKeys } = lane;
  const deliveryLimits = { batchingMs: BATCHING_MS };
  const simulator = await graph.as(() => startSimulator({ world, signingKeys, record, deliveryLimits }));
  const [tenant] = world.tenants.values();
  if (!tenant) throw new Error('the simulator has no tenant');
  const port = await freePort();
  const config = stackConfig({ simulator, uri: lane.uri, port, opsPort: 0, env: TIMES });
  const start: Stage['start'] = (name, options) => startInstance({ name, crowd, time, config, seed, ...options });
  return {
    ...{ seed, time, crowd, graph, simulator, tenant, desk: lane.desk, config, start },
    tick: async (ms) => {
      time.jump(ms);
      await settled(crowd, simulator);
    },
    close: async () => {
      crowd.killAll();
      await simulator.close();
      await lane.clear();
    },
  };
}

/** What Graph has gathered goes out in real time, a moment later. */
async function settled(crowd: Crowd, { delivery }: Simulator): Promise<void> {
  for (let before = -1; ; ) {
    await crowd.quiet();
    const waiting = delivery.waiting();
    if (waiting === 0 || waiting === before) return;
    before = waiting;
    await new Promise((resolve) => setTimeout(resolve, 8 * BATCHING_MS));
  }
}
