import type { Collection } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Store } from '../store/connect.js';
import { inTransaction } from '../store/in-transaction.js';
import type { ChangeDocument, OutcomeDocument } from './change-document.js';
import type { ChangeStats } from './types.js';

/**
 * Where the accepted items are, of one tenant or of all. Open, parked and ended ones are read in one snapshot, so
 * that an item on its way from open to ended is counted once (law L5).
 */
export function changeStats(
  deps: { store: Store; chance: Chance; changes: Collection<ChangeDocument>; outcomes: Collection<OutcomeDocument> },
  tenantId?: string,
): Promise<ChangeStats> {
  return inTransaction(deps, async (session) => {
    const sums = await deps.changes
      .aggregate<{ _id: boolean; items: number }>(
        [
          { $match: tenantId === undefined ? {} : { tenantId } },
          { $group: { _id: '$isParked', items: { $sum: '$notified' } } },
        ],
        { session },
      )
      .toArray();
    const ended = await deps.outcomes.find(tenantId === undefined ? {} : { _id: tenantId }, { session }).toArray();

    const open = sums.find((sum) => !sum._id)?.items ?? 0;
    const parked = sums.find((sum) => sum._id)?.items ?? 0;
    const total = (outcome: keyof Omit<OutcomeDocument, '_id'>) =>
      ended.reduce((sum, tenant) => sum + (tenant[outcome] ?? 0), 0);
    const outcomes = {
      applied: total('applied'),
      unchanged: total('unchanged'),
      outOfScope: total('outOfScope'),
      held: total('held'),
    };
    const accepted = open + parked + outcomes.applied + outcomes.unchanged + outcomes.outOfScope + outcomes.held;
    return { accepted, open, parked, ...outcomes };
  });
}
