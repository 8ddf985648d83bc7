import type { Document } from 'mongodb';
import type { Scene } from '../history/scene.js';
import type { Stage } from '../history/stage.js';

/** Items of notifications by where they are: open, parked, or an outcome (law L5). */
export type Accounts = Readonly<Record<string, number>>;

export interface Glance {
  /** Records of the enterprise as they are stored. */
  readonly users: readonly Document[];
  /** Activities that were ever started. */
  readonly begun: readonly string[];
  readonly accounts: Accounts;
  /** Groups by the mappings that are in effect. */
  readonly groupOf: ReadonlyMap<string, string>;
}

const of = (name: string) => ({ $project: { _id: 0, of: { $literal: name }, row: '$$ROOT' } });

/** Everything that is looked at after each step, of one moment and in one command. */
export async function glance({ desk, tenant }: Stage, { enterpriseId }: Scene): Promise<Glance> {
  const sums = [{ $match: { tenantId: tenant.id } }, { $group: { _id: '$isParked', items: { $sum: '$notified' } } }];
  const begun = [{ $match: { enterpriseId, startedAt: { $ne: null } } }, { $project: { _id: 1 } }];
  const parts = [
    { $match: { enterpriseId } },
    of('users'),
    { $unionWith: { coll: 'integrations', pipeline: [{ $match: { _id: enterpriseId } }, of('integration')] } },
    { $unionWith: { coll: 'activities', pipeline: [...begun, of('begun')] } },
    { $unionWith: { coll: 'changes', pipeline: [...sums, of('sums')] } },
    { $unionWith: { coll: 'changeOutcomes', pipeline: [{ $match: { _id: tenant.id } }, of('outcomes')] } },
  ];
  const found = await desk.store.db
    .collection('users')
    .aggregate<{ of: string; row: Document }>(parts, { readConcern: { level: 'snapshot' } })
    .toArray();
  const rows = (name: string) => found.filter((each) => each.of === name).map(({ row }) => row);
  const { _id: _, ...outcomes } = rows('outcomes')[0] ?? {};
  const open = Object.fromEntries(rows('sums').map((sum) => [sum['_id'] ? 'parked' : 'open', sum['items']]));
  const mappings: { id: string; groupId: string }[] = rows('integration')[0]?.['inEffect']?.settings.mappings ?? [];
  return {
    groupOf: new Map(mappings.map(({ id, groupId }) => [id, groupId])),
    users: rows('users'),
    begun: rows('begun').map(({ _id }) => String(_id)),
    accounts: { ...outcomes, ...open },
  };
}

export function sumOf(accounts: Accounts): number {
  return Object.values(accounts).reduce((sum, items) => sum + items, 0);
}
