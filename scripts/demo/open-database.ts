import { AppError } from '../../src/kernel/app-error.js';
import { SECOND_MS } from '../../src/kernel/clock.js';
import { createLog } from '../../src/kernel/log.js';
import type { Stopping } from '../../src/kernel/stopping.js';
import { connectStore, type Store } from '../../src/store/connect.js';
import { type Embedded, startEmbedded } from '../../src/store/embedded/start-embedded.js';
import { MONGOD_CACHE } from '../stage/program-paths.js';
import { claimFolder } from './claim-folder.js';

/** Says that a database is the demo's own, which may empty it. */
const MARKS = 'demo';

export interface DemoDatabase {
  readonly server: Embedded;
  /** What a demo before this one left was removed: its simulated tenant ended with it. */
  readonly wasReset: boolean;
}

export interface DatabaseOptions {
  readonly mongodBinary: string | undefined;
  readonly inherit: Readonly<Record<string, string | undefined>>;
  say(line: string): void;
  readonly stopping: Stopping;
  readonly children: Set<number>;
}

/** Starts the folder's MongoDB and empties the demo's own database; data of a real installation is never touched. */
export async function openDatabase(dataDir: string, options: DatabaseOptions): Promise<DemoDatabase> {
  await claimFolder(dataDir);
  const { mongodBinary: binary, inherit, say: report, stopping, children } = options;
  const mongod = { binary, path: inherit['PATH'] ?? '', cacheDir: MONGOD_CACHE, report };
  const server = await startEmbedded({ dataDir, mongod });
  children.add(server.pid);
  stopping.add({
    name: 'mongodb',
    limitMs: 30 * SECOND_MS,
    stop: async () => {
      await server.detach();
      children.delete(server.pid);
    },
  });
  const store = await connectStore({ uri: server.uri, log: createLog('silent') });
  try {
    return { server, wasReset: await reset(store, dataDir) };
  } finally {
    await store.close();
  }
}

async function reset({ db }: Store, dataDir: string): Promise<boolean> {
  const marks = db.collection<{ _id: string }>(MARKS);
  const isOurs = (await marks.findOne({ _id: MARKS })) !== null;
  if (!isOurs && (await db.collection('enterprises').countDocuments({}, { limit: 1 })) > 0) {
    const text = `${dataDir} holds data that is not the demo's. Choose another folder with DATA_DIR.`;
    throw new AppError('data_dir_in_use', text, { field: 'DATA_DIR' });
  }
  if (isOurs) await db.dropDatabase();
  await marks.insertOne({ _id: MARKS });
  return isOurs;
}
