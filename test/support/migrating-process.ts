import { systemChance } from '../../src/kernel/chance.js';
import { systemClock } from '../../src/kernel/clock.js';
import { createLog } from '../../src/kernel/log.js';
import { connectStore } from '../../src/store/connect.js';
import { migrate } from '../../src/store/migrations.js';

/**
 * A process of its own that begins a migration named by its second argument, writes that down in the collection
 * `steps`, and never comes to its end: `node --import tsx migrating-process.ts MONGODB_URI ID`.
 */
async function main(uri: string, id: string): Promise<void> {
  const log = createLog('silent');
  const { db } = await connectStore({ uri, log, selectionTimeoutMs: 10_000 });
  const up = async () => {
    await db.collection('steps').insertOne({ begun: id, pid: process.pid });
    await new Promise(() => {});
  };
  await migrate({ db, clock: systemClock, chance: systemChance, log }, [{ id, up }]);
}

const [uri = '', id = ''] = process.argv.slice(2);
void main(uri, id);
