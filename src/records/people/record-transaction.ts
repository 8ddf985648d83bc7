import type { ClientSession } from 'mongodb';
import type { Chance } from '../../kernel/chance.js';
import type { Store } from '../../store/connect.js';
import { raiseFence } from '../../store/fence.js';
import { inTransaction } from '../../store/in-transaction.js';

/**
 * Runs a write to an enterprise's records in one transaction that is ordered with the owner's applies (law L3), and
 * plans it again after a conflict. `work` must take everything it decides on from inside the transaction, and be
 * repeatable: after a lost answer it may find itself done already.
 */
export async function recordTransaction<T>(
  deps: { readonly store: Store; readonly chance: Chance },
  enterpriseId: string,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  return inTransaction(deps, async (session) => {
    await raiseFence(deps.store, session, enterpriseId);
    return work(session);
  });
}
