import type { ClientSession, Collection, Db, Document, MongoClient, UUID } from 'mongodb';
import mongoose, { type Connection } from 'mongoose';
import { AppError, messageOf } from '../kernel/app-error.js';
import { systemClock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { driverRuntime } from './driver-runtime.js';
import { killSession, openWorkSession, runTransaction, type WorkSession } from './transaction.js';

export interface StoreOptions {
  /** A replica set; its database is the one in the address, or `gethomesafe`. */
  readonly uri: string;
  readonly log: Log;
  readonly appName?: string;
  readonly dbName?: string;
  /** How long an operation looks for a primary; the driver's own 30 s is beyond what a caller of ours waits (L1). */
  readonly selectionTimeoutMs?: number;
  /** How long one answer of the server is waited for (its connection is dropped then); for ever when left out. */
  readonly answerTimeoutMs?: number;
  readonly maxPoolSize?: number;
}

/** The connection to MongoDB: acknowledged means written by the majority and in the journal. */
export interface Store {
  readonly connection: Connection;
  readonly client: MongoClient;
  readonly db: Db;
  collection<T extends Document>(name: string): Collection<T>;
  /**
   * One attempt in one transaction (snapshot reads, majority commit). Whatever ends it is thrown as the driver has it;
   * the caller decides by `isTransient` whether to plan again.
   */
  transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
  /** For somebody whose transactions come one at a time, and whom others may find dead. */
  openSession(): WorkSession;
  /** Aborts what is open in the session of somebody dead. */
  killSession(id: UUID): Promise<void>;
  /** Whether a write reaches the majority within the bound. */
  canWrite(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const SELECTION_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_DB = 'gethomesafe';

/** Connects; an unreachable database is an `AppError` that says what to check. */
export async function connectStore(options: StoreOptions): Promise<Store> {
  const { log } = options;
  const connection = mongoose.createConnection();
  // Without a listener an error event would end the process; operations report their own failures.
  connection.on('error', (error) => log.error({ event: 'store.error', error: messageOf(error) }, 'store error'));
  try {
    await connection.openUri(options.uri, driverOptions(options));
  } catch (error) {
    await connection.destroy().catch(() => {});
    throw unreachable(options.uri, error);
  }
  let closing = false;
  connection.on('disconnected', () => {
    if (!closing) log.warn({ event: 'store.disconnected' }, 'MongoDB is not reachable');
  });
  connection.on('connected', () => log.info({ event: 'store.connected' }, 'MongoDB is reachable again'));

  const client = connection.getClient();
  const db = client.db(connection.name);
  return {
    connection,
    client,
    db,
    collection: (name) => db.collection(name),
    transaction: (work) => runTransaction({ client, db }, work),
    openSession: () => openWorkSession({ client, db }),
    killSession: (id) => killSession(client, id),
    canWrite: (timeoutMs) => canWrite(db, timeoutMs),
    close: () => {
      closing = true;
      return connection.close();
    },
  };
}

function driverOptions(options: StoreOptions): mongoose.ConnectOptions {
  return {
    ...driverRuntime,
    dbName: options.dbName ?? (databaseIn(options.uri) || DEFAULT_DB),
    appName: options.appName ?? DEFAULT_DB,
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
    serverSelectionTimeoutMS: options.selectionTimeoutMs ?? SELECTION_TIMEOUT_MS,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    retryWrites: true,
    writeConcern: { w: 'majority', journal: true },
    // The driver's own `timeoutMS` has no effect since 7.8.
    ...(options.answerTimeoutMs === undefined ? {} : { socketTimeoutMS: options.answerTimeoutMs }),
    ...(options.maxPoolSize === undefined ? {} : { maxPoolSize: options.maxPoolSize }),
  };
}

/** `new URL` does not read addresses with several hosts. */
function databaseIn(uri: string): string {
  return /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]*)/.exec(uri)?.[1] ?? '';
}

async function canWrite(db: Db, timeoutMs: number): Promise<boolean> {
  const done = new AbortController();
  const late = systemClock.sleep(timeoutMs, done.signal).then(
    () => false,
    () => false,
  );
  const written = db
    .collection<{ _id: string }>('readiness')
    .updateOne({ _id: 'probe' }, { $currentDate: { at: true } }, { upsert: true })
    .then(
      () => true,
      () => false,
    );
  const outcome = await Promise.race([written, late]);
  done.abort();
  return outcome;
}

function unreachable(uri: string, cause: unknown): AppError {
  const shown = uri.replace(/\/\/[^@/]*@/, '//…@').replace(/\?.*$/, '');
  const text = `MongoDB at ${shown} cannot be used: ${messageOf(cause)}. Check that it runs as a replica set and that MONGODB_URI is right.`;
  return new AppError('database_unreachable', text, { status: 503, cause });
}
