import type { Store } from '../store/connect.js';
import { isTransient } from '../store/transaction.js';
import { type CloseDeps, closeChanges } from './close-changes.js';

/** Changes ended in one transaction. */
const BATCH = 500;

export interface ForeignWanted {
  /** Every tenant that is connected, read after `notedBefore`. */
  readonly connectedTenantIds: readonly string[];
  /**
   * Only older changes are ended. A tenant that connects after the list was read keeps what its first run notes,
   * because that is noted later.
   */
  readonly notedBefore: Date;
}

/** Ends as out of scope what is left of tenants that nobody owns (law L3). @returns how many changes */
export async function closeForeign(
  deps: CloseDeps & { readonly store: Store },
  wanted: ForeignWanted,
): Promise<number> {
  const connected = new Set(wanted.connectedTenantIds);
  const tenantIds = await deps.changes.distinct('tenantId');
  let closed = 0;
  for (const tenantId of tenantIds) {
    if (!connected.has(tenantId)) closed += await closeTenant(deps, tenantId, wanted.notedBefore);
  }
  return closed;
}

async function closeTenant(
  deps: CloseDeps & { readonly store: Store },
  tenantId: string,
  notedBefore: Date,
): Promise<number> {
  for (let total = 0; ; ) {
    const old = await deps.changes
      .find({ tenantId, notedAt: { $lt: notedBefore } })
      .limit(BATCH)
      .project<{ _id: string; mark: string }>({ mark: 1 })
      .toArray();
    if (old.length === 0) return total;
    const closings = old.map(({ _id, mark }) => ({ id: _id, mark, outcome: 'outOfScope' as const }));
    try {
      const closed = await deps.store.transaction((session) => closeChanges(deps, session, closings));
      total += closed.length;
    } catch (error) {
      // Noted anew at this very moment: it is no longer old, and the rest is found again by the next run.
      if (isTransient(error)) return total;
      throw error;
    }
  }
}
