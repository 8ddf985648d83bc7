import { changeItem } from '../plan.js';
import type { PlannedChange, PresentRecord, Projection } from '../types.js';
import { leaveOut } from './leave-out.js';

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

/** Leaves only what the plan has; what has come up since, or is another by now, is told and not applied. */
export function exactly(
  projection: Projection,
  planned: PlannedItems | undefined,
  record: PresentRecord | null,
): { readonly projection: Projection; readonly unplanned: readonly PlannedChange[] } {
  if (planned === undefined) return { projection, unplanned: [] };
  const changes = [...projection.gives, ...projection.takes.map(({ change }) => change)];
  const unplanned = changes.filter((change) => !planned.has(itemKey(changeItem(projection.objectId, change))));
  return { projection: leaveOut(projection, new Set(unplanned), record), unplanned };
}
