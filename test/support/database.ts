import { randomBytes } from 'node:crypto';
import { createLog } from '../../src/kernel/log.js';
import { connectStore, type Store } from '../../src/store/connect.js';

export interface TestStore {
  readonly store: Store;
  readonly uri: string;
  readonly mongodVersion: string;
  /** Removes the database and closes the connection. */
  drop(): Promise<void>;
}

/** A database of its own for a suite, on the run's one mongod. */
export async function openTestStore(): Promise<TestStore> {
  const server = process.env['GHS_TEST_MONGODB_URI'];
  if (server === undefined) throw new Error('There is no mongod: test/support/global-setup.mjs did not run.');
  const uri = server.replace('/gethomesafe?', `/test-${randomBytes(8).toString('hex')}?`);
  const store = await connectStore({ uri, log: createLog('silent'), selectionTimeoutMs: 10_000 });
  return {
    store,
    uri,
    mongodVersion: process.env['GHS_TEST_MONGOD_VERSION'] ?? '',
    drop: async () => {
      await store.db.dropDatabase();
      await store.close();
    },
  };
}
