import type { Collection, Document, Filter } from 'mongodb';
import { backoffMs } from '../../kernel/backoff.js';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.js';
import type { Delivery } from '../../records/outbox/outbox-rows.js';
import type { Store } from '../../store/connect.js';

/**
 * What became of a try. refused: trying again is of no use; later: this message is tried again; down: so is
 * everything else that goes the same way, which is given a rest.
 */
export type Outcome = { readonly kind: 'sent' } | { readonly kind: 'refused' | 'later' | 'down'; readonly why: string };

export interface Sendable extends Delivery, Document {
  readonly _id: string;
}

export interface Queue<Row extends Sendable> {
  /** The message that is due for the longest time, for this process alone until the lease is over; null: none is. */
  claim(): Promise<Row | null>;
  /** Writes what became of the try, unless somebody else has claimed the message meanwhile. */
  settle(row: Row, outcome: Outcome | { readonly kind: 'dropped'; readonly why: string }): Promise<void>;
}

/**
 * Whoever claims a message has so long to send it: more than the longest try takes. Of a process that dies after
 * sending, and before it wrote that down, the message is sent a second time then, with the same id.
 */
export const LEASE_MS = 2 * MINUTE_MS;
/** A message that failed so long is given up and shown. */
export const GIVEN_UP_MS = DAY_MS;
const RETRIES = { firstMs: MINUTE_MS, mostMs: HOUR_MS };

export interface QueueDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** Messages of a collection that wait to be sent: any number of processes may send. */
export function createQueue<Row extends Sendable>(
  { store, clock, chance }: QueueDeps,
  { collection, only }: { readonly collection: string; readonly only: Filter<Sendable> },
): Queue<Row> {
  const rows = store.collection<Sendable>(collection) as unknown as Collection<Sendable>;
  return { claim, settle };

  async function claim(): Promise<Row | null> {
    const now = clock.now();
    const due = { ...only, state: 'waiting' as const, nextTryAt: { $not: { $gt: now } } };
    const nextTryAt = new Date(now.getTime() + LEASE_MS);
    const found = await rows.findOneAndUpdate(
      due,
      { $set: { nextTryAt, claim: chance.guid() }, $inc: { attempts: 1 }, $min: { firstTryAt: now } },
      { sort: { nextTryAt: 1 }, returnDocument: 'after' },
    );
    return found as Row | null;
  }

  async function settle(row: Row, outcome: Parameters<Queue<Row>['settle']>[1]): Promise<void> {
    const mine = { _id: row._id, state: 'waiting' as const, ...(row.claim === undefined ? {} : { claim: row.claim }) };
    const ends = { nextTryAt: '', claim: '' } as const;
    if (outcome.kind === 'sent') {
      const set = { state: 'sent' as const, sentAt: clock.now() };
      await rows.updateOne(mine, { $set: set, $unset: { ...ends, failure: '' } });
      return;
    }
    const { kind, why: failure } = outcome;
    if (kind === 'dropped') await rows.updateOne(mine, { $set: { state: 'dropped', failure }, $unset: ends });
    else if (kind === 'refused' || isGivenUp(row)) {
      await rows.updateOne(mine, { $set: { state: 'parked', failure }, $unset: ends });
    } else {
      const nextTryAt = new Date(clock.nowMs() + backoffMs(row.attempts ?? 1, RETRIES, chance.random));
      await rows.updateOne(mine, { $set: { nextTryAt, failure }, $unset: { claim: '' } });
    }
  }

  function isGivenUp({ firstTryAt }: Row): boolean {
    return firstTryAt !== undefined && clock.nowMs() - firstTryAt.getTime() >= GIVEN_UP_MS;
  }
}
