import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { groupBy } from '../../kernel/lists.js';
import { changeItem, type PlanItem } from '../../projection/plan.js';
import type { ActivityItem } from '../../projection/verdicts/calendar-item.js';
import { subjectOf } from '../../projection/verdicts/decision.js';
import { itemKey, type PlannedItems } from '../../projection/verdicts/exactly.js';
import type { Store } from '../../store/connect.js';
import type { BatchPlan } from './plan-people.js';

/** What of a run and its items is looked at here; the documents are reconciliation's. */
interface RunFacts {
  readonly _id: string;
  /** Dry run whose plan this run applies exactly. */
  readonly planId?: string;
}

type ItemFacts = (PlanItem | ActivityItem) & {
  readonly _id: string;
  readonly runId: string;
  readonly position: number;
  readonly result?: 'not_in_plan';
};

export interface PlannedWanted {
  readonly runId: string | null;
  readonly objectIds: readonly string[];
}

/** What the plan that a run applies exactly has of some people; undefined where the run applies whatever is wanted. */
export async function loadPlanned(
  store: Store,
  { runId, objectIds }: PlannedWanted,
  session?: ClientSession,
): Promise<ReadonlyMap<string, PlannedItems> | undefined> {
  if (runId === null) return undefined;
  const options = session ? { session } : {};
  const run = await store.collection<RunFacts>('runs').findOne({ _id: runId }, options);
  if (!run?.planId) return undefined;
  const items = await store
    .collection<ItemFacts>('runItems')
    .find({ runId: run.planId, person: { $in: [...objectIds] } }, options)
    .toArray();
  const byPerson = groupBy(items, ({ person }) => person);
  return new Map([...byPerson].map(([person, own]) => [person, new Set(own.map(itemKey))]));
}

/** Writes down what was left alone because the approved plan does not have it. Repeatable: keyed by person and subject. */
export async function keepUnplanned(
  store: Store,
  { runId, plan }: { runId: string; plan: BatchPlan },
  session: ClientSession,
): Promise<void> {
  const items = plan.people.flatMap(({ draft: { read, unplanned, projection } }) => {
    // Without the plan too a clash of addresses would have left them out: the plan told of that, and nothing came up.
    const wanted = new Set([...projection.gives, ...projection.takes.map(({ change }) => change)]);
    const left = unplanned.filter((change) => wanted.has(change));
    return left.map((change) => ({ item: changeItem(read.objectId, change), subject: subjectOf(change) }));
  });
  await keepUnplannedItems(store, { runId, items }, session);
}

export async function keepUnplannedItems(
  store: Store,
  { runId, items }: { runId: string; items: readonly { item: PlanItem | ActivityItem; subject: string }[] },
  session: ClientSession,
): Promise<void> {
  const operations = items.map(({ item, subject }): AnyBulkWriteOperation<ItemFacts> => {
    const why = `Not in the approved plan, so that it was left alone. ${item.why}`;
    const row = { ...item, why, runId, position: 0, result: 'not_in_plan' as const };
    const filter = { _id: `${runId}:unplanned:${item.person}:${subject}` };
    return { replaceOne: { filter, replacement: row, upsert: true } };
  });
  if (operations.length > 0) await store.collection<ItemFacts>('runItems').bulkWrite(operations, { session });
}
