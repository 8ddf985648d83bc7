import { type ClientSession, MongoBulkWriteError, type MongoClient, MongoError } from 'mongodb';

/** A commit whose answer was lost is asked again: it is idempotent (MongoDB specification, transactions). */
const COMMIT_ATTEMPTS = 3;
/** A majority that cannot acknowledge must not hold a commit for ever. */
const COMMIT_LIMIT_MS = 5_000;
/** MongoDB error code DuplicateKey. */
const DUPLICATE_KEY = 11_000;

const UNKNOWN_COMMIT = 'UnknownTransactionCommitResult';

/** Runs `work` once in a transaction and commits it; any failure aborts it and is thrown as it came. */
export async function runTransaction<T>(client: MongoClient, work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = client.startSession();
  try {
    session.startTransaction({
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority', journal: true },
      readPreference: 'primary',
      maxCommitTimeMS: COMMIT_LIMIT_MS,
    });
    const result = await work(session);
    await commit(session);
    return result;
  } catch (error) {
    // The reason counts, not that the server had already given the transaction up.
    if (session.inTransaction()) await session.abortTransaction().catch(() => {});
    throw error;
  } finally {
    await session.endSession();
  }
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

function hasLabel(error: unknown, label: string): boolean {
  return error instanceof MongoError && error.hasErrorLabel(label);
}
