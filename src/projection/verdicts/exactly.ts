import { changeItem } from '../plan.js';
import type { PlannedChange, Projection } from '../types.js';

/** What a plan has of one person, by `itemKey`. */
export type PlannedItems = ReadonlySet<string>;

/** Two items with one key are the same change: kind, field, team or activity, before and after (law L11). */
export function itemKey(item: {
  readonly kind: string;
  readonly field?: string;
  readonly team?: string;
  readonly activity?: string;
  readonly before: unknown;
  readonly after: unknown;
}): string {
  const { kind, field = null, team = null, activity = null, before, after } = item;
  return JSON.stringify([kind, field, team, activity, before, after]);
}

/**
 * What the plan does not have: what has come up since, or is another by now. Without the creation or restore nothing
 * else of it can be applied.
 */
export function unplannedOf(projection: Projection, planned: PlannedItems | undefined): readonly PlannedChange[] {
  if (planned === undefined) return [];
  const changes = [...projection.gives, ...projection.takes.map(({ change }) => change)];
  const unplanned = changes.filter((change) => !planned.has(itemKey(changeItem(projection.objectId, change))));
  const isOut = unplanned.some(({ kind }) => kind === 'create' || kind === 'restore');
  return isOut ? changes : unplanned;
}
