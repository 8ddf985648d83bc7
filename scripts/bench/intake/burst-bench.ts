import { CHANGES } from '../../../src/changes/change-document.js';
import { systemChance } from '../../../src/kernel/chance.js';
import type { Store } from '../../../src/store/connect.js';
import { withBenchDatabase } from '../bench-database.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith } from '../report.js';
import { measureRounds, mixed, ROUNDS } from '../rounds.js';
import { changesIn, withStore } from './intake-bench.js';
import { load, type Post } from './load.js';
import { bodyFor } from './notification-bodies.js';
import { startCandidate } from './start-candidate.js';

const PEOPLE = 5_000;
const NOTIFICATIONS = 20_000;
const CONNECTIONS = 200;
/** Notifications in one POST, repeated until the burst is whole: half of them come alone. */
const BATCHES = [...Array.from({ length: 100 }, () => 1), 10, 40, 50];
/** DESIGN section 7. */
const SLOWEST_ALLOWED_MS = 1_000;

/** 20,000 notifications at full speed, alone and in batches: is one lost, and how long does the slowest answer take? */
export const burstBench: Bench = {
  name: 'burst',
  about: '20,000 notifications for 5,000 people at full speed: none lost, slowest answer',
  run: (deps) =>
    withBenchDatabase(deps, (database) => withStore(database.uri, (store) => run(deps, { ...database, store }))),
};

async function run(deps: BenchDeps, given: { uri: string; version: string; store: Store }): Promise<BenchReport> {
  const { store } = given;
  const changes = changesIn(store);
  const server = await startCandidate('ours', given.uri);
  let lost = 0;
  let slowestMs = 0;
  let failed = 0;

  const burst = async (): Promise<number> => {
    const before = (await changes.stats()).accepted;
    const posts = mixed(postsOfBurst(systemChance.random), systemChance.random);
    const startedAtMs = performance.now();
    const result = await load({ url: server.url, posts, connections: CONNECTIONS, bound: 'each_once' });
    const tookMs = performance.now() - startedAtMs;
    const accepted = (await changes.stats()).accepted - before;
    lost += Math.max(0, result.itemsAnswered202 - accepted);
    failed += result.failed;
    slowestMs = Math.max(slowestMs, result.slowestMs);
    await store.collection(CHANGES).deleteMany({});
    return NOTIFICATIONS / (tookMs / 1_000);
  };

  try {
    await burst();
    [lost, failed, slowestMs] = [0, 0, 0];
    const candidates = await measureRounds(
      { ours: burst },
      { rounds: ROUNDS, random: systemChance.random, say: deps.say },
    );
    return {
      name: 'burst',
      unit: 'notifications/s',
      rounds: ROUNDS,
      candidates,
      ratios: { oursToFloor: null, oursToPeer: null },
      checks: { lost, slowestMs, failed },
      goal: `none lost, no answer above ${SLOWEST_ALLOWED_MS} ms`,
      ok: lost === 0 && failed === 0 && slowestMs <= SLOWEST_ALLOWED_MS,
      machine: machineWith(given.version),
    };
  } finally {
    server.stop();
  }
}

function postsOfBurst(random: () => number): readonly Post[] {
  const posts: Post[] = [];
  for (let sent = 0, turn = 0; sent < NOTIFICATIONS; turn += 1) {
    const items = Math.min(BATCHES[turn % BATCHES.length] ?? 1, NOTIFICATIONS - sent);
    const people = Array.from({ length: items }, () => Math.floor(random() * PEOPLE));
    posts.push({ body: bodyFor(people), items });
    sent += items;
  }
  return posts;
}
