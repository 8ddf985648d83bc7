import type { Collection, Db } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { isDuplicateKey } from './transaction.js';

/** One step of the data from an older version to this one. */
export interface Migration {
  /** Sorts and names it, and never changes: "2026-03-01-former-email". */
  readonly id: string;
  /** Must be repeatable: a process that dies half-way leaves it to be done again from the start. */
  up(db: Db): Promise<void>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

interface MigrationDocument {
  _id: string;
  appliedAt?: Date;
  owner?: string;
  until?: Date;
}

const LEASE_ID = 'lease';
/**
 * How long a process that died in a step keeps the others waiting; whoever lives renews it, however long a step takes.
 * One that slept through it may meet a second one in the same step, which repeatable steps survive.
 */
export const LEASE_MS = 15 * SECOND_MS;
const RENEW_EVERY_MS = 5 * SECOND_MS;
const POLL_MS = SECOND_MS / 4;

/**
 * Does what has not been done yet, in order, each once; a second process waits until the first is through.
 *
 * @param steps  every migration there is, oldest first
 */
export async function migrate(deps: Deps, steps: readonly Migration[]): Promise<readonly string[]> {
  const collection = deps.db.collection<MigrationDocument>('migrations');
  if ((await openSteps(collection, steps)).length === 0) return [];
  const owner = deps.chance.guid();
  await takeLease(collection, owner, deps.clock);
  const done = new AbortController();
  const renewing = keepLease(collection, owner, { clock: deps.clock, signal: done.signal });
  try {
    // Read again: another process may have done them while we waited.
    const open = await openSteps(collection, steps);
    for (const step of open) await apply(deps, collection, { step, owner });
    return open.map((step) => step.id);
  } finally {
    done.abort();
    await renewing;
    await collection.deleteOne({ _id: LEASE_ID, owner });
  }
}

async function keepLease(
  collection: Collection<MigrationDocument>,
  owner: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  for (;;) {
    await clock.sleep(RENEW_EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const until = new Date(clock.nowMs() + LEASE_MS);
    // One that failed is made up for by the next; the beginning of each step asks whether the lease is still ours.
    await collection.updateOne({ _id: LEASE_ID, owner }, { $set: { until } }).catch(() => undefined);
  }
}

async function openSteps(
  collection: Collection<MigrationDocument>,
  steps: readonly Migration[],
): Promise<readonly Migration[]> {
  const applied = await collection.find({ appliedAt: { $exists: true } }).toArray();
  return steps.filter((step) => !applied.some((document) => document._id === step.id));
}

async function apply(
  deps: Deps,
  collection: Collection<MigrationDocument>,
  work: { step: Migration; owner: string },
): Promise<void> {
  const startedMs = deps.clock.nowMs();
  const until = new Date(startedMs + LEASE_MS);
  const renewed = await collection.updateOne({ _id: LEASE_ID, owner: work.owner }, { $set: { until } });
  if (renewed.matchedCount === 0) {
    throw new AppError('migration_lease_lost', 'Another process took the migrations over. Start again.', {
      status: 503,
    });
  }
  await work.step.up(deps.db);
  const appliedAt = deps.clock.now();
  await collection.updateOne({ _id: work.step.id }, { $set: { appliedAt } }, { upsert: true });
  const durationMs = deps.clock.nowMs() - startedMs;
  deps.log.info({ event: 'migration.applied', migration: work.step.id, durationMs }, 'migration applied');
}

async function takeLease(collection: Collection<MigrationDocument>, owner: string, clock: Clock): Promise<void> {
  while (!(await tryLease(collection, owner, clock))) await clock.sleep(POLL_MS);
}

/** An upsert that matches only a lease that has run out; over a live one it meets the unique `_id`. */
async function tryLease(collection: Collection<MigrationDocument>, owner: string, clock: Clock): Promise<boolean> {
  const until = new Date(clock.nowMs() + LEASE_MS);
  try {
    await collection.updateOne(
      { _id: LEASE_ID, until: { $lt: clock.now() } },
      { $set: { owner, until } },
      { upsert: true },
    );
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
