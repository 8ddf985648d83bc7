import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReplicaSet, startReplicaSet } from '../../../scripts/kill/processes/replica-set.js';
import { createChanges } from '../../../src/changes/create-changes.js';
import { HeldUp } from '../../../src/changes/note-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore, type Store } from '../../../src/store/connect.js';
import { findMongod } from '../../../src/store/embedded/find-mongod.js';
import { signalIfThere } from '../../../src/store/embedded/process-identity.js';
import { ensureIndexes } from '../../../src/store/indexes.js';

let folder: string;
let set: ReplicaSet;
let store: Store;
const children = new Set<number>();
const signal = AbortSignal.timeout(100_000);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ghs-members-'));
  const cacheDir = join(__dirname, '..', '..', '..', '.cache', 'mongod');
  const { binary } = await findMongod({
    binary: process.env['MONGOD_BINARY'],
    path: process.env['PATH'] ?? '',
    cacheDir,
  });
  set = await startReplicaSet({ folder, binary, signal, children });
  store = await connectStore({ uri: set.uri, log: createLog('silent'), selectionTimeoutMs: 10_000 });
});
afterAll(async () => {
  await store?.close();
  await set?.stop();
  for (const pid of children) signalIfThere(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function followers() {
  const primary = await set.primary();
  return set.members.filter((member) => member !== primary);
}

test('with one of three members down a new version still makes its indexes and starts', async () => {
  await store.collection('visits').insertOne({ at: new Date() });
  const [first] = await followers();
  await first?.kill();
  await ensureIndexes(store, [{ collection: 'visits', name: 'age', keys: { at: 1 }, serves: 'prune' }]);
  expect(await store.collection('visits').indexExists('age')).toBe(true);
});

test('what the majority does not acknowledge is told from what an open transaction holds', async () => {
  for (const member of await followers()) await member.kill();
  const changes = createChanges({ store, clock: systemClock, chance: systemChance });
  const note = { tenantId: 't', kind: 'user', objectId: 'o', via: 'notification', notified: 1 } as const;
  const end = await changes.note([note], { withinMs: 500 }).catch((error: unknown) => error);
  expect(end).toBeInstanceOf(HeldUp);
  expect(end).toMatchObject({ by: 'majority' });
});
