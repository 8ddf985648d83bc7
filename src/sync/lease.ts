import type { ClientSession } from 'mongodb';
import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import { SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Store } from '../store/connect.js';
import { FENCES, type FenceRow } from '../store/fence.js';
import type { WorkSession } from '../store/transaction.js';

/** How long a tenant stays with a worker that says nothing, and how often a worker says something (law L3). */
export const LEASE_MS = 15 * SECOND_MS;
export const RENEW_EVERY_MS = 5 * SECOND_MS;

export interface Lease {
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly epoch: number;
  /**
   * One transaction behind the fence (law L4): it changes the fence's document, which only the epoch of this lease may,
   * so that of whoever has the tenant and whoever lost it without knowing, one aborts. `writes` is the fence's counter,
   * this transaction included. It runs in the session that the fence names: whoever finds the holder dead aborts what it
   * left open there.
   *
   * @throws LeaseLost
   */
  transaction<T>(work: (session: ClientSession, writes: number) => Promise<T>): Promise<T>;
}

export interface Leases {
  /** Takes an enterprise's tenant if nobody alive holds it; null where somebody does. */
  take(enterpriseId: string, tenantId: string): Promise<Lease | null>;
  /** False: the lease is somebody else's by now. */
  renew(lease: Lease): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Whether anybody alive holds the enterprise's tenant. */
  isHeld(enterpriseId: string): Promise<boolean>;
}

/** This process does not own the tenant any more: nothing was written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

interface LeasesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of this process. */
  readonly holder: string;
  /** The fence has refused a write of this process. */
  refused?(): void;
}

/** Clocks decide when to try to take a tenant, never who may write: that is the fence's epoch. */
export function createLeases(deps: LeasesDeps): Leases {
  const { store, clock, holder } = deps;
  const fences = store.collection<FenceRow>(FENCES);
  const sessions = new WeakMap<Lease, WorkSession>();
  const until = () => new Date(clock.nowMs() + LEASE_MS);

  return {
    take: async (enterpriseId, tenantId) => {
      const before = await fences.findOneAndUpdate(
        { _id: enterpriseId },
        { $setOnInsert: { tenantId, epoch: 0, holder: null, heldUntil: null, writes: 0 } },
        { upsert: true, returnDocument: 'after' },
      );
      if (before?.heldUntil && before.heldUntil >= clock.now()) return null;
      await endLeftOpen(deps, before);
      const session = store.openSession();
      const taken = await fences.findOneAndUpdate(
        { _id: enterpriseId, $or: [{ heldUntil: null }, { heldUntil: { $lt: clock.now() } }] },
        { $set: { tenantId, holder, heldUntil: until(), session: session.id }, $inc: { epoch: 1 } },
        { returnDocument: 'after' },
      );
      if (taken === null) {
        await session.end();
        return null;
      }
      const of = { enterpriseId, tenantId, epoch: taken.epoch };
      const lease = { ...of, transaction: behindFence(deps, of, session) };
      sessions.set(lease, session);
      return lease;
    },
    renew: async ({ enterpriseId, epoch }) => {
      const { matchedCount } = await fences.updateOne(
        { _id: enterpriseId, holder, epoch },
        { $set: { heldUntil: until() } },
      );
      return matchedCount === 1;
    },
    release: async (lease) => {
      const { enterpriseId, epoch } = lease;
      const given = { holder: null, heldUntil: null, session: null };
      await fences.updateOne({ _id: enterpriseId, holder, epoch }, { $set: given });
      // Only now: a session that the fence still names must not serve somebody else of this process.
      await sessions.get(lease)?.end();
    },
    isHeld: async (enterpriseId) =>
      (await fences.findOne({ _id: enterpriseId, heldUntil: { $gte: clock.now() } })) !== null,
  };
}

function behindFence(
  deps: LeasesDeps,
  of: Omit<Lease, 'transaction'>,
  { transaction }: WorkSession,
): Lease['transaction'] {
  return (work) => transaction(async (session) => work(session, await passFence(deps, of, session)));
}

async function passFence(
  { store, log, refused }: LeasesDeps,
  { enterpriseId, tenantId, epoch }: Omit<Lease, 'transaction'>,
  session: ClientSession,
): Promise<number> {
  const fence = await store
    .collection<FenceRow>(FENCES)
    .findOneAndUpdate(
      { _id: enterpriseId, epoch },
      { $inc: { writes: 1 } },
      { session, projection: { writes: 1 }, returnDocument: 'after' },
    );
  if (fence !== null) return fence.writes;
  refused?.();
  log.warn({ event: 'owner.refused', tenantId, epoch }, 'a write of an owner that lost its tenant was refused');
  throw new LeaseLost(`tenant ${tenantId} is worked by somebody else`);
}

/** A transaction that a dead holder left open would hold the fence, and with it the tenant, for a minute. */
async function endLeftOpen({ store, log }: LeasesDeps, fence: FenceRow | null): Promise<void> {
  if (!fence?.session) return;
  try {
    await store.killSession(fence.session);
  } catch (error) {
    log.warn({ event: 'lease.session_left', tenantId: fence.tenantId, error: messageOf(error) }, 'left to the server');
  }
}
