import { type Document, MongoClient } from 'mongodb';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.js';
import { driverRuntime } from '../driver-runtime.js';
import { REPLICA_SET } from './mongod-process.js';

const POLL_MS = 20;
/** MongoDB error code NotYetInitialized: the folder is new. */
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
  await withAdmin(port, options.limitMs, async (run) => {
    const config = await currentConfig(run);
    if (config === null) await run({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    else if (config.members[0]?.host !== host || config.members.length !== 1) {
      const members = [{ ...config.members[0], _id: 0, host }];
      await run({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
    }
    while ((await run({ hello: 1 }))['isWritablePrimary'] !== true) {
      if (clock.nowMs() > giveUpAt) throw new Error(`mongod on port ${port} did not become writable`);
      await clock.sleep(POLL_MS);
    }
  });
}

type Run = (command: Document) => Promise<Document>;

async function currentConfig(run: Run): Promise<z.infer<typeof configSchema>['config'] | null> {
  try {
    return configSchema.parse(await run({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_YET_INITIALIZED) return null;
    throw error;
  }
}

async function withAdmin<T>(port: number, limitMs: number, work: (run: Run) => Promise<T>): Promise<T> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: limitMs,
    connectTimeoutMS: limitMs,
    socketTimeoutMS: limitMs,
    ...driverRuntime,
  });
  try {
    return await work((command) => client.db('admin').command(command));
  } finally {
    await client.close();
  }
}
