import { CHANGES } from '../../../src/changes/change-document.js';
import { CHANGE_COLLECTIONS, CHANGE_INDEXES } from '../../../src/changes/change-indexes.js';
import { type Changes, createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore, type Store } from '../../../src/store/connect.js';
import { ensureCollections, ensureIndexes } from '../../../src/store/indexes.js';
import { withBenchDatabase } from '../bench-database.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { measureRounds, ROUNDS, type Spread } from '../rounds.js';
import { type Candidate, PEER_COLLECTION } from './candidate-servers.js';
import { load } from './load.js';
import { bodyFor } from './notification-bodies.js';
import { type StartedCandidate, startCandidate } from './start-candidate.js';

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

interface Given {
  readonly uri: string;
  readonly version: string;
  readonly store: Store;
}

async function run(deps: BenchDeps, given: Given): Promise<BenchReport> {
  const servers: StartedCandidate[] = [];
  try {
    const measures = createMeasures(given.store);
    const start = async (candidate: Candidate) => {
      const server = await startCandidate(candidate, given.uri);
      servers.push(server);
      return (seconds: number) => measures.measure(candidate, { url: server.url, seconds });
    };
    const [floor, peer, ours] = [await start('floor'), await start('peer'), await start('ours')];
    for (const warmUp of [floor, peer, ours]) await warmUp(WARM_UP_SECONDS);
    measures.forget();
    const candidates = await measureRounds(
      { floor: () => floor(ROUND_SECONDS), peer: () => peer(ROUND_SECONDS), ours: () => ours(ROUND_SECONDS) },
      { rounds: ROUNDS, random: systemChance.random, say: deps.say },
    );
    return reportOf(candidates, { checks: measures.checks(), version: given.version });
  } finally {
    for (const server of servers) server.stop();
  }
}

/** Measures one candidate for some seconds, leaves the database as it was, and keeps what went wrong with ours. */
function createMeasures(store: Store) {
  const changes = changesIn(store);
  const posts = Array.from({ length: PEOPLE }, (_, person) => ({ body: bodyFor([person]), items: 1 }));
  let lost = 0;
  let slowestMs = 0;

  return {
    measure,
    checks: () => ({ lost, slowestMs }),
    forget: () => {
      slowestMs = 0;
    },
  };

  async function measure(candidate: Candidate, { url, seconds }: { url: string; seconds: number }): Promise<number> {
    const before = (await changes.stats()).accepted;
    const result = await load({ url, posts, connections: CONNECTIONS, bound: { seconds } });
    if (result.failed > 0) throw new Error(`${candidate} did not answer ${result.failed} requests with 202.`);
    if (candidate === 'ours') {
      const accepted = (await changes.stats()).accepted - before;
      lost += Math.max(0, result.itemsAnswered202 - accepted);
      slowestMs = Math.max(slowestMs, result.slowestMs);
      await store.collection(CHANGES).deleteMany({});
    }
    if (candidate === 'peer') await store.collection(PEER_COLLECTION).drop();
    return result.perSecond;
  }
}

function reportOf(
  candidates: Readonly<Record<Candidate, Spread>>,
  { checks, version }: { checks: { lost: number; slowestMs: number }; version: string },
): BenchReport {
  const toFloor = ratioOf(candidates.ours, candidates.floor) ?? 0;
  const toPeer = ratioOf(candidates.ours, candidates.peer) ?? 0;
  return {
    name: 'intake',
    unit: 'requests/s',
    rounds: ROUNDS,
    candidates,
    ratios: { oursToFloor: toFloor, oursToPeer: toPeer },
    checks,
    goal: `at least ${LEAST_TO_FLOOR} of the floor and ${LEAST_TO_PEER} times the peer, none lost`,
    ok: toFloor >= LEAST_TO_FLOOR && toPeer >= LEAST_TO_PEER && checks.lost === 0,
    machine: machineWith(version),
  };
}
