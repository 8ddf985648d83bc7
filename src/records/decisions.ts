import type { Filter } from 'mongodb';
import { activitySubject } from '../projection/verdicts/activity-decision.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { DECISIONS, type DecisionRow } from './types.js';

/** A decision as it is shown (CONTRACT section 4, decisions list). */
export interface DecisionView {
  readonly id: string;
  /** Object id in Entra. */
  readonly person: string;
  readonly subject: string;
  /** Stands for the source value that it is about: give it along to decide on this value and no other. */
  readonly value: string;
  readonly verdict: DecisionRow['verdict'];
  readonly by: string;
  readonly at: Date;
  readonly until: Date | null;
}

export interface DecisionFilter {
  readonly objectId?: string;
  readonly verdict?: DecisionRow['verdict'];
  readonly limit?: number;
}

export interface Decisions {
  /** Newest first. */
  list(enterpriseId: string, filter?: DecisionFilter): Promise<DecisionView[]>;
  /** Items that wait for an administrator. */
  countHeld(enterpriseId: string): Promise<number>;
  countHeldByKind(enterpriseId: string): Promise<{ readonly people: number; readonly activities: number }>;
}

export const DECISION_INDEXES: readonly IndexDefinition[] = [
  { collection: DECISIONS, name: 'by_verdict', keys: { enterpriseId: 1, verdict: 1 }, serves: 'what is held' },
  {
    collection: DECISIONS,
    name: 'held_until',
    keys: { until: 1 },
    options: { partialFilterExpression: { verdict: 'held' } },
    serves: 'held takings that nobody decided on in time',
  },
  { collection: DECISIONS, name: 'by_person', keys: { enterpriseId: 1, objectId: 1 }, serves: 'decisions on a person' },
];

export function createDecisions({ store }: { store: Store }): Decisions {
  const rows = store.collection<DecisionRow>(DECISIONS);
  const countHeld = (enterpriseId: string) => rows.countDocuments({ enterpriseId, verdict: 'held' });
  return {
    list: async (enterpriseId, filter = {}) => {
      const wanted: Filter<DecisionRow> = {
        enterpriseId,
        ...(filter.objectId === undefined ? {} : { objectId: filter.objectId }),
        ...(filter.verdict === undefined ? {} : { verdict: filter.verdict }),
      };
      const found = await rows
        .find(wanted)
        .sort({ at: -1, _id: 1 })
        .limit(filter.limit ?? 0)
        .toArray();
      return found.map(decisionView);
    },
    countHeld,
    countHeldByKind: async (enterpriseId) => {
      const held = { enterpriseId, verdict: 'held' as const };
      const activities = await rows.countDocuments({ ...held, subject: { $regex: `^${activitySubject('')}` } });
      return { people: (await countHeld(enterpriseId)) - activities, activities };
    },
  };
}

function decisionView({ _id, objectId, subject, valueHash, verdict, by, at, until }: DecisionRow): DecisionView {
  return { id: _id, person: objectId, subject, value: valueHash, verdict, by, at, until };
}
