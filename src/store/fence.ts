import type { ClientSession, UUID } from 'mongodb';
import type { Store } from './connect.js';
import { raiseLive } from './live.js';

/**
 * The document on which everything that writes records, settings or decisions of an enterprise meets (law L3, L4).
 * The owner of the tenant changes it with `{_id, epoch: mine}`; everybody else raises `writes`, so that each such
 * transaction is ordered with the owner's.
 */
export interface FenceRow {
  readonly _id: string;
  readonly tenantId: string | null;
  readonly epoch: number;
  readonly holder: string | null;
  readonly heldUntil: Date | null;
  /** The session in which the holder writes; absent while nobody holds the tenant. */
  readonly session?: UUID | null;
  readonly writes: number;
}

export const FENCES = 'fences';

/** Raises the counter of an enterprise's fence inside the caller's transaction, and tells those who watch it. */
export async function raiseFence(store: Store, session: ClientSession, enterpriseId: string): Promise<void> {
  raiseLive(session, enterpriseId, 'changes');
  await store
    .collection<FenceRow>(FENCES)
    .updateOne(
      { _id: enterpriseId },
      { $inc: { writes: 1 }, $setOnInsert: { tenantId: null, epoch: 0, holder: null, heldUntil: null } },
      { session, upsert: true },
    );
}
