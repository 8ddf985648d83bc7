import type { Filter } from 'mongodb';
import { activitySubject } from '../projection/verdicts/activity-decision.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { instantPage } from '../store/pages/instant-pages.js';
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
  /** One verdict's decisions, newest first. */
  page(
    enterpriseId: string,
    wanted: DecisionPageWanted,
  ): Promise<{ rows: readonly DecisionRow[]; next: string | null }>;
  /** Items that wait for an administrator. */
  countHeld(enterpriseId: string): Promise<number>;
  countHeldByKind(enterpriseId: string): Promise<{ readonly people: number; readonly activities: number }>;
  /** How many wait, by subject, most first; those about activities, each of which is its own, as `activity`. */
  heldBySubject(enterpriseId: string): Promise<HeldSubject[]>;
}

export interface DecisionPageWanted {
  readonly verdict: DecisionRow['verdict'];
  readonly subject?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface HeldSubject {
  readonly subject: string;
  readonly count: number;
}

export const DECISION_INDEXES: readonly IndexDefinition[] = [
  {
    collection: DECISIONS,
    name: 'by_verdict_subject',
    keys: { enterpriseId: 1, verdict: 1, subject: 1 },
    serves: 'what is held, and what was said about archives and teams',
  },
  {
    collection: DECISIONS,
    name: 'by_verdict_at',
    keys: { enterpriseId: 1, verdict: 1, at: 1 },
    serves: 'decisions of one verdict, a page at a time',
  },
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
    page: (enterpriseId, { verdict, subject, ...page }) => {
      const filter = { enterpriseId, verdict, ...(subject === undefined ? {} : { subject }) };
      return instantPage(rows, { filter, order: 'newest_first', ...page });
    },
    heldBySubject: (enterpriseId) =>
      rows
        .aggregate<HeldSubject>([
          { $match: { enterpriseId, verdict: 'held' } },
          { $group: { _id: { $cond: [IS_ABOUT_ACTIVITY, 'activity', '$subject'] }, count: { $sum: 1 } } },
          { $project: { _id: 0, subject: '$_id', count: 1 } },
          { $sort: { count: -1, subject: 1 } },
        ])
        .toArray(),
    countHeld,
    countHeldByKind: async (enterpriseId) => {
      const held = { enterpriseId, verdict: 'held' as const };
      const activities = await rows.countDocuments({ ...held, subject: { $regex: `^${activitySubject('')}` } });
      return { people: (await countHeld(enterpriseId)) - activities, activities };
    },
  };
}

/** The subject begins as `activitySubject` writes it. */
const IS_ABOUT_ACTIVITY = { $eq: [{ $indexOfCP: ['$subject', activitySubject('')] }, 0] };

export function decisionView({ _id, objectId, subject, valueHash, verdict, by, at, until }: DecisionRow): DecisionView {
  return { id: _id, person: objectId, subject, value: valueHash, verdict, by, at, until };
}
