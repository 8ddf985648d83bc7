import { createServer } from 'node:net';
import { messageOf, stackOf } from '../../../src/kernel/app-error.js';
import { createLog } from '../../../src/kernel/log.js';
import { connectStore, type Store } from '../../../src/store/connect.js';
import { isDuplicateKey, isTransient } from '../../../src/store/transaction.js';
import { createDataFolder } from '../../support/data-folder.js';
import { openTestStore, type TestStore } from '../../support/database.js';

interface Row {
  _id: string;
  count: number;
}

const log = createLog('silent');

describe('the store', () => {
  let test: TestStore;
  let store: Store;
  beforeAll(async () => {
    test = await openTestStore();
    store = test.store;
    await store.db.createCollection('rows');
  });
  beforeEach(async () => {
    await store.collection('rows').deleteMany({});
  });
  afterAll(() => test.drop());

  it('acknowledges by majority and journal', () => {
    expect(store.collection('rows').writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(test.mongodVersion).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('commits what a transaction did and gives its result', async () => {
    const rows = store.collection<Row>('rows');
    const result = await store.transaction(async (session) => {
      await rows.insertOne({ _id: 'a', count: 1 }, { session });
      return 'done';
    });
    expect(result).toBe('done');
    expect(await rows.countDocuments()).toBe(1);
  });

  it('writes nothing when the work throws, and throws the same', async () => {
    const rows = store.collection<Row>('rows');
    const work = store.transaction(async (session) => {
      await rows.insertOne({ _id: 'a', count: 1 }, { session });
      throw new Error('thought better of it');
    });
    await expect(work).rejects.toThrow('thought better of it');
    expect(await rows.countDocuments()).toBe(0);
  });

  it('tries once: of two transactions over one document the second ends as transient', async () => {
    const rows = store.collection<Row>('rows');
    await rows.insertOne({ _id: 'a', count: 0 });
    let attempts = 0;
    const failure = await store
      .transaction(async (session) => {
        attempts += 1;
        await rows.findOne({ _id: 'a' }, { session });
        await store.transaction((other) => rows.updateOne({ _id: 'a' }, { $inc: { count: 1 } }, { session: other }));
        await rows.updateOne({ _id: 'a' }, { $inc: { count: 1 } }, { session });
      })
      .catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    expect(isDuplicateKey(failure)).toBe(false);
    expect(attempts).toBe(1);
    expect(await rows.findOne({ _id: 'a' })).toEqual({ _id: 'a', count: 1 });
  });

  it('tells a duplicate key from other failures, in a bulk only when nothing else went wrong', async () => {
    const rows = store.collection<Row>('rows');
    const row = { _id: 'a', count: 1 };
    await rows.insertOne(row);
    const single = await rows.insertOne(row).catch((error: unknown) => error);
    expect(isDuplicateKey(single)).toBe(true);
    expect(isTransient(single)).toBe(false);
    const insert = { insertOne: { document: row } };
    const twice = await rows.bulkWrite([insert, insert], { ordered: false }).catch((error: unknown) => error);
    expect(isDuplicateKey(twice)).toBe(true);
    const bad = { updateOne: { filter: { _id: 'a' }, update: { $set: { _id: 'b' } } } };
    const mixed = await rows.bulkWrite([insert, bad], { ordered: false }).catch((error: unknown) => error);
    expect(isDuplicateKey(mixed)).toBe(false);
    expect(isDuplicateKey(new Error('E11000'))).toBe(false);
  });

  it('is told of what a server refused without the values that were refused, and where it was', async () => {
    const rows = store.collection<Row>('rows');
    const row = { _id: 'jane@example.com', count: 1 };
    await rows.insertOne(row);
    const insert = { insertOne: { document: row } };
    const wrong = { $inc: { count: 'jane' as never } };
    for (const failing of [rows.insertOne(row), rows.bulkWrite([insert]), rows.updateOne(row, wrong)]) {
      const error = await failing.catch((reason: unknown) => reason);
      expect(`${messageOf(error)} ${stackOf(error)}`).not.toContain('jane');
      expect(messageOf(error)).toMatch(/^error \d+ of MongoDB/);
      expect(stackOf(error)).toMatch(/^Mongo\w+: error \d+ of MongoDB.*\n +at /);
    }
  });

  it('can write', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => store.canWrite(2_000)));
    expect(answers).toEqual([true, true, true, true, true]);
  });
});

describe('a database that cannot be reached', () => {
  it('is an error within the selection bound that names no password and says what to check', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const startedMs = Date.now();
    const uri = `mongodb://someone:secret@127.0.0.1:${port}/x?replicaSet=ghs`;
    const failure = await connectStore({ uri, log }).catch((error: unknown) => error);
    expect(Date.now() - startedMs).toBeLessThan(5_000);
    expect(failure).toMatchObject({ code: 'database_unreachable', status: 503 });
    expect(String(failure)).toContain('MONGODB_URI');
    expect(String(failure)).not.toContain('secret');
    silent.close();
  });

  it('cannot be written to, says so within the bound, and can again once it is back', async () => {
    const folder = await createDataFolder();
    const server = await folder.start();
    const store = await connectStore({ uri: server.uri, log });
    try {
      process.kill(server.pid, 'SIGSTOP');
      const startedMs = Date.now();
      expect(await store.canWrite(300)).toBe(false);
      expect(Date.now() - startedMs).toBeLessThan(2_000);
      process.kill(server.pid, 'SIGCONT');
      expect(await store.canWrite(10_000)).toBe(true);
    } finally {
      process.kill(server.pid, 'SIGCONT');
      await store.close();
      await folder.remove();
    }
  });
});
