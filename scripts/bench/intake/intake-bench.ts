import { CHANGE_COLLECTIONS, CHANGE_INDEXES } from '../../../src/changes/change-indexes.js';
import { type Changes, createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore, type Store } from '../../../src/store/connect.js';
import { ensureCollections, ensureIndexes } from '../../../src/store/indexes.js';
import { withBenchDatabase } from '../bench-database.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { measureRounds, ROUNDS } from '../rounds.js';
import { PEER_COLLECTION } from './candidate-servers.js';
import { type LoadResult, load } from './load.js';
import { bodyFor } from './notification-bodies.js';
import { startCandidate } from './start-candidate.js';

const PEOPLE = 2_000;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
const ROUND_SECONDS = 3;
/** DESIGN section 7. */
const LEAST_TO_FLOOR = 0.45;
const LEAST_TO_PEER = 2;

/** One notification a POST: the least Express can do, the usual handler, and the service's own with all its checks. */
export const intakeBench: Bench = {
  name: 'intake',
  about: 'one notification a POST: requests a second of Express alone, the usual handler, and ours',
  run: (deps) =>
    withBenchDatabase(deps, (database) => withStore(database.uri, (store) => run(deps, { ...database, store }))),
};

/** Opens the database of a benchmark with the indexes of the set of changes. */
export async function withStore<T>(uri: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await connectStore({ uri, log: createLog('silent') });
  try {
    await ensureCollections(store, [...CHANGE_COLLECTIONS, PEER_COLLECTION]);
    await ensureIndexes(store, CHANGE_INDEXES);
    return await work(store);
  } finally {
    await store.close();
  }
}

export function changesIn(store: Store): Changes {
  return createChanges({ store, clock: systemClock, chance: systemChance });
}

async function run(deps: BenchDeps, given: { uri: string; version: string; store: Store }): Promise<BenchReport> {
  const { uri, version, store } = given;
  const changes = changesIn(store);
  const posts = Array.from({ length: PEOPLE }, (_, person) => ({ body: bodyFor([person]), items: 1 }));
  const servers = {
    floor: await startCandidate('floor', uri),
    peer: await startCandidate('peer', uri),
    ours: await startCandidate('ours', uri),
  };
  let lost = 0;
  let slowestMs = 0;

  const sendTo = async (name: keyof typeof servers, seconds: number): Promise<LoadResult> => {
    const result = await load({ url: servers[name].url, posts, connections: CONNECTIONS, bound: { seconds } });
    if (result.failed > 0) throw new Error(`${name} did not answer ${result.failed} requests with 202.`);
    return result;
  };
  const measureOurs = async (seconds: number): Promise<number> => {
    const before = (await changes.stats()).accepted;
    const result = await sendTo('ours', seconds);
    const accepted = (await changes.stats()).accepted - before;
    lost += Math.max(0, result.itemsAnswered202 - accepted);
    slowestMs = Math.max(slowestMs, result.slowestMs);
    await store.collection('changes').deleteMany({});
    return result.perSecond;
  };
  const measurePeer = async (seconds: number): Promise<number> => {
    const result = await sendTo('peer', seconds);
    await store.collection(PEER_COLLECTION).drop();
    return result.perSecond;
  };
  const measureFloor = async (seconds: number) => (await sendTo('floor', seconds)).perSecond;

  try {
    for (const warmUp of [measureFloor, measurePeer, measureOurs]) await warmUp(WARM_UP_SECONDS);
    slowestMs = 0;
    const candidates = await measureRounds(
      {
        floor: () => measureFloor(ROUND_SECONDS),
        peer: () => measurePeer(ROUND_SECONDS),
        ours: () => measureOurs(ROUND_SECONDS),
      },
      { rounds: ROUNDS, random: systemChance.random, say: deps.say },
    );
    const ratios = {
      oursToFloor: ratioOf(candidates.ours, candidates.floor),
      oursToPeer: ratioOf(candidates.ours, candidates.peer),
    };
    return {
      name: 'intake',
      unit: 'requests/s',
      rounds: ROUNDS,
      candidates,
      ratios,
      checks: { lost, slowestMs },
      goal: `at least ${LEAST_TO_FLOOR} of the floor and ${LEAST_TO_PEER} times the peer, none lost`,
      ok: (ratios.oursToFloor ?? 0) >= LEAST_TO_FLOOR && (ratios.oursToPeer ?? 0) >= LEAST_TO_PEER && lost === 0,
      machine: machineWith(version),
    };
  } finally {
    for (const server of Object.values(servers)) server.stop();
  }
}
