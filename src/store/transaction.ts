import {
  type ClientSession,
  type Db,
  MongoBulkWriteError,
  type MongoClient,
  MongoError,
  MongoRuntimeError,
  UUID,
} from 'mongodb';
import { forgetRaised, writeRaised } from './live.js';

/** A commit whose answer was lost is asked again: it is idempotent (MongoDB specification, transactions). */
const COMMIT_ATTEMPTS = 3;
/** A majority that cannot acknowledge must not hold a commit for ever. */
const COMMIT_LIMIT_MS = 5_000;
/** MongoDB error code DuplicateKey. */
const DUPLICATE_KEY = 11_000;

/** MongoDB error code MaxTimeMSExpired. */
const MAX_TIME_EXPIRED = 50;

const UNKNOWN_COMMIT = 'UnknownTransactionCommitResult';

/** Where transactions are made. */
interface Connected {
  readonly client: MongoClient;
  readonly db: Db;
}

/** Runs `work` once in a transaction of a session of its own. */
export async function runTransaction<T>(
  { client, db }: Connected,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const session = client.startSession();
  try {
    return await transactionIn(session, db, work);
  } finally {
    await session.endSession();
  }
}

/**
 * Runs `work` once in a transaction, raises the counters it asked for and commits it; any failure aborts it and is thrown
 * as it came.
 */
async function transactionIn<T>(
  session: ClientSession,
  db: Db,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  try {
    forgetRaised(session);
    session.startTransaction({
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority', journal: true },
      readPreference: 'primary',
      maxCommitTimeMS: COMMIT_LIMIT_MS,
    });
    const result = await work(session);
    await writeRaised(db, session);
    await commit(session);
    return result;
  } catch (error) {
    // The reason counts, not that the server had already given the transaction up.
    if (session.inTransaction()) await session.abortTransaction().catch(() => {});
    throw error;
  }
}

/** A session for one transaction after the other, with a name by which somebody else can end what it left open. */
export interface WorkSession {
  /** The server's logical session id. */
  readonly id: UUID;
  transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

export function openWorkSession({ client, db }: Connected): WorkSession {
  const session = client.startSession();
  const { id } = session.id ?? {};
  if (!id) throw new MongoRuntimeError('The session has no id.');
  return {
    id: new UUID(id.buffer),
    transaction: (work) => transactionIn(session, db, work),
    end: () => session.endSession(),
  };
}

/**
 * Ends a session of somebody who died. Without it a transaction that was open holds what it wrote until the server's
 * `transactionLifetimeLimitSeconds` (60 s unless set): every other writer of these documents waits for so long.
 */
export async function killSession(client: MongoClient, id: UUID): Promise<void> {
  await client.db('admin').command({ killSessions: [{ id }] });
}

async function commit(session: ClientSession): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (!hasLabel(error, UNKNOWN_COMMIT) || attempt === COMMIT_ATTEMPTS) throw error;
    }
  }
}

/**
 * Whether the same work may succeed when it is planned again: a conflict with another transaction, a step-down, a lost
 * connection. After an unknown commit it may also have been written already.
 */
export function isTransient(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError') || hasLabel(error, UNKNOWN_COMMIT);
}

/** Whether a unique index refused the write; of a bulk, whether that is the only thing that went wrong. */
export function isDuplicateKey(error: unknown): boolean {
  if (!(error instanceof MongoError) || error.code !== DUPLICATE_KEY) return false;
  if (!(error instanceof MongoBulkWriteError)) return true;
  const failures = [error.writeErrors].flat();
  return (
    failures.every((failure) => failure.code === DUPLICATE_KEY) && error.result.getWriteConcernError() === undefined
  );
}

/** Whether the database is at fault, which mends itself: what a unique index refuses it refuses each time. */
export function isDatabaseFault(error: unknown): boolean {
  return error instanceof MongoError && !isDuplicateKey(error);
}

/**
 * What a bulk with `maxTimeMS` waited for when its time was over: a document that an open transaction holds (or a slow
 * server; some of it may not be written), or the majority (all of it is written). Null where it ended otherwise.
 */
export function waitedFor(error: unknown): 'transaction' | 'majority' | null {
  if (!(error instanceof MongoBulkWriteError) || error.code !== MAX_TIME_EXPIRED) return null;
  return error.result.getWriteConcernError() === undefined ? 'transaction' : 'majority';
}

function hasLabel(error: unknown, label: string): boolean {
  return error instanceof MongoError && error.hasErrorLabel(label);
}
