import { type Document, MongoClient, MongoServerError } from 'mongodb';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.js';
import { driverRuntime } from '../driver-runtime.js';
import { REPLICA_SET } from './mongod-process.js';

const POLL_MS = 20;
/** MongoDB error code NotYetInitialized. */
const NOT_YET_INITIALIZED = 94;

const optionsSchema = z.object({ parsed: z.object({ storage: z.object({ dbPath: z.string() }) }) });
const configSchema = z.object({
  config: z.looseObject({ version: z.number(), members: z.array(z.looseObject({ host: z.string() })) }),
});

/** The folder and version of the mongod that answers on a port, or null when none does within the bound. */
export async function whoAnswers(port: number, limitMs: number): Promise<{ dbPath: string; version: string } | null> {
  try {
    return await withAdmin(port, limitMs, async (run) => {
      const options = optionsSchema.parse(await run({ getCmdLineOpts: 1 }));
      const build = z.object({ version: z.string() }).parse(await run({ buildInfo: 1 }));
      return { dbPath: options.parsed.storage.dbPath, version: build.version };
    });
  } catch {
    return null;
  }
}

/**
 * Makes the mongod on this port the writable primary of its set of one: a new folder is initiated, a set that knows
 * itself under another port is reconfigured by force (there is no primary to ask).
 */
export async function makeWritable(port: number, options: { limitMs: number; clock: Clock }): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const { clock } = options;
  const giveUpAt = clock.nowMs() + options.limitMs;
  await withAdmin(port, options.limitMs, async (run, client) => {
    // Asked of the stored document: mongod listens before it has loaded it, and an initiation would hang then.
    const isNew = (await client.db('local').collection('system.replset').countDocuments()) === 0;
    if (isNew) await run({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    else await until(async () => setHost(run, host));
    await until(async () => (await run({ hello: 1 }))['isWritablePrimary'] === true);
  });

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      if (clock.nowMs() > giveUpAt) throw new Error(`mongod on port ${port} did not become writable`);
      await clock.sleep(POLL_MS);
    }
  }
}

/** Gives the set's one member its new address in the stored configuration of a mongod that runs alone. */
export async function rewriteHost(port: number, limitMs: number): Promise<void> {
  await withAdmin(port, limitMs, async (_run, client) => {
    const change = { $set: { 'members.0.host': `127.0.0.1:${port}` }, $inc: { version: 1 } };
    await client
      .db('local')
      .collection('system.replset')
      .updateOne({}, change, { writeConcern: { w: 1, journal: true } });
  });
}

type Run = (command: Document) => Promise<Document>;

/** Gives the set's one member its present address; false while mongod has not loaded the configuration yet. */
async function setHost(run: Run, host: string): Promise<boolean> {
  const config = await currentConfig(run);
  if (config === null) return false;
  if (config.members.length === 1 && config.members[0]?.host === host) return true;
  const members = [{ ...config.members[0], _id: 0, host }];
  await run({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
  return true;
}

async function currentConfig(run: Run): Promise<z.infer<typeof configSchema>['config'] | null> {
  try {
    return configSchema.parse(await run({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return null;
    throw error;
  }
}

/** Commands for the one mongod on a port, whatever its replica set says of it. */
export async function withAdmin<T>(
  port: number,
  limitMs: number,
  work: (run: Run, client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    // One that runs alone takes none, and the driver may know it as a member of its set still.
    retryWrites: false,
    serverSelectionTimeoutMS: limitMs,
    connectTimeoutMS: limitMs,
    socketTimeoutMS: limitMs,
    ...driverRuntime,
  });
  try {
    return await work((command) => client.db('admin').command(command), client);
  } finally {
    await client.close();
  }
}
