import type { IndexDefinition } from '../store/indexes.js';
import { CHANGE_OUTCOMES, CHANGES } from './change-document.js';
import { LATENCIES } from './latency/latency-hours.js';

/** Indexes of the set of changes. */
export const CHANGE_INDEXES: readonly IndexDefinition[] = [
  {
    collection: CHANGES,
    name: 'tenant_kind_due',
    keys: { tenantId: 1, isParked: 1, kind: 1, rank: 1, dueAt: 1 },
    serves: 'the next due changes of a tenant and kind in the order in which they are taken; its parked ones; its sums',
  },
  {
    collection: CHANGES,
    name: 'tenant_round',
    keys: { tenantId: 1, kind: 1, round: 1 },
    options: { partialFilterExpression: { round: { $exists: true } } },
    serves: 'open changes that a catch-up round waits for',
  },
  {
    collection: CHANGES,
    name: 'tenant_run',
    keys: { tenantId: 1, runId: 1 },
    options: { partialFilterExpression: { runId: { $exists: true } } },
    serves: 'open changes of a full run',
  },
];

/** Collections that must exist before the first transaction writes to them. */
export const CHANGE_COLLECTIONS: readonly string[] = [CHANGES, CHANGE_OUTCOMES, LATENCIES];
