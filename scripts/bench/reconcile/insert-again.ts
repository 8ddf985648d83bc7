import type { Document } from 'mongodb';
import { chunksFrom } from '../../../src/kernel/lists.js';
import { PEOPLE } from '../../../src/mirror/types.js';
import { RUN_PROBLEMS } from '../../../src/records/problems/run-problems.js';
import { LEDGER, PROBLEMS, USERS } from '../../../src/records/types.js';
import type { Store } from '../../../src/store/connect.js';
import { runTransaction } from '../../../src/store/transaction.js';

/** As many as one apply takes (src/sync/plan/plan-people.ts). */
const PEOPLE_AT_ONCE = 200;
/** Beside the mirror's rows; with the name of the person in them. */
const WRITTEN = [
  [USERS, 'entra.objectId'],
  [LEDGER, 'objectId'],
  [PROBLEMS, 'objectId'],
  [RUN_PROBLEMS, 'objectId'],
] as const;

/**
 * The least that a first run has to write: everything that one wrote, once more into an empty database with the same
 * indexes, by insertMany in transactions of as many people, with nothing decided. Answers its ms, without the reading.
 */
export async function insertAgain({ client, db }: Store, enterpriseId: string): Promise<number> {
  const again = client.db(`${db.databaseName}Again`);
  for (const name of [PEOPLE, ...WRITTEN.map(([each]) => each)])
    for (const { v, key, ...options } of await db.collection(name).indexes())
      await again.collection(name).createIndex(key, options);
  let tookMs = 0;
  for await (const rows of chunksFrom(db.collection(PEOPLE).find(), PEOPLE_AT_ONCE)) tookMs += await insert(rows);
  await again.dropDatabase();
  return tookMs;

  async function insert(people: Document[]): Promise<number> {
    const $in = people.map((row) => row['objectId']);
    const written: [string, Document[]][] = [[PEOPLE, people]];
    for (const [name, person] of WRITTEN)
      written.push([
        name,
        await db
          .collection(name)
          .find({ enterpriseId, [person]: { $in } })
          .toArray(),
      ]);
    const startedAtMs = performance.now();
    await runTransaction({ client, db: again }, async (session) => {
      for (const [name, rows] of written)
        if (rows.length > 0) await again.collection(name).insertMany(rows, { session, ordered: true });
    });
    return performance.now() - startedAtMs;
  }
}
