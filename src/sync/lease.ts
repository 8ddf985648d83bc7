import type { Clock } from '../kernel/clock.js';
import { SECOND_MS } from '../kernel/clock.js';
import type { Store } from '../store/connect.js';
import { FENCES, type FenceRow } from '../store/fence.js';

/** How long a tenant stays with a worker that says nothing, and how often a worker says something (law L3). */
export const LEASE_MS = 15 * SECOND_MS;
export const RENEW_EVERY_MS = 5 * SECOND_MS;

export interface Lease {
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly epoch: number;
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

/** Clocks decide when to try to take a tenant, never who may write: that is the fence's epoch. */
export function createLeases({ store, clock, holder }: { store: Store; clock: Clock; holder: string }): Leases {
  const fences = store.collection<FenceRow>(FENCES);
  const until = () => new Date(clock.nowMs() + LEASE_MS);

  return {
    take: async (enterpriseId, tenantId) => {
      await fences.updateOne(
        { _id: enterpriseId },
        { $setOnInsert: { tenantId, epoch: 0, holder: null, heldUntil: null, writes: 0 } },
        { upsert: true },
      );
      const taken = await fences.findOneAndUpdate(
        { _id: enterpriseId, $or: [{ heldUntil: null }, { heldUntil: { $lt: clock.now() } }] },
        { $set: { tenantId, holder, heldUntil: until() }, $inc: { epoch: 1 } },
        { returnDocument: 'after' },
      );
      return taken && { enterpriseId, tenantId, epoch: taken.epoch };
    },
    renew: async ({ enterpriseId, epoch }) => {
      const { matchedCount } = await fences.updateOne(
        { _id: enterpriseId, holder, epoch },
        { $set: { heldUntil: until() } },
      );
      return matchedCount === 1;
    },
    release: async ({ enterpriseId, epoch }) => {
      await fences.updateOne({ _id: enterpriseId, holder, epoch }, { $set: { holder: null, heldUntil: null } });
    },
    isHeld: async (enterpriseId) =>
      (await fences.findOne({ _id: enterpriseId, heldUntil: { $gte: clock.now() } })) !== null,
  };
}
