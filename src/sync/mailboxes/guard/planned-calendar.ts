import type { ClientSession } from 'mongodb';
import { groupBy } from '../../../kernel/lists.js';
import type { CalendarChange } from '../../../projection/calendar/types.js';
import { keyOf } from '../../../projection/verdicts/activity-decision.js';
import { calendarItem } from '../../../projection/verdicts/calendar-item.js';
import { itemKey, type PlannedItems } from '../../../projection/verdicts/exactly.js';
import type { Store } from '../../../store/connect.js';
import { keepUnplannedItems, loadPlanned } from '../../plan/exact-plan.js';
import type { JudgedChanges } from './judge-cancellations.js';

/** A calendar of a batch, as far as the plan of its run is concerned. */
interface OfRun {
  readonly objectId: string;
  readonly runId: string | null;
  /** That run is under way, and applies a plan exactly where it has one. */
  readonly exactly?: boolean;
}

/** By run: what the plan that it applies exactly has of each person; runs without a plan are left out. */
export type Planned = ReadonlyMap<string, ReadonlyMap<string, PlannedItems>>;

export async function loadPlans(store: Store, batch: readonly OfRun[], session: ClientSession): Promise<Planned> {
  const plans = new Map<string, ReadonlyMap<string, PlannedItems>>();
  const exact = batch.filter(({ exactly, runId }) => exactly && runId !== null);
  for (const [runId, of] of groupBy(exact, (each) => each.runId ?? '')) {
    const objectIds = of.map(({ objectId }) => objectId);
    const planned = await loadPlanned(store, { runId, objectIds }, session);
    if (planned) plans.set(runId, planned);
  }
  return plans;
}

/** Where a run applies a plan exactly: what the plan has, and the rest is written down and left alone (law L11). */
export async function onlyPlanned(
  store: Store,
  {
    of,
    judged,
    plans,
    activityType,
  }: { of: OfRun; judged: JudgedChanges; plans: Planned; activityType: string | null },
  session: ClientSession,
): Promise<JudgedChanges> {
  const { objectId, runId, exactly } = of;
  const planned = exactly && runId !== null ? plans.get(runId) : undefined;
  if (planned === undefined || runId === null) return judged;
  const keys = planned.get(objectId);
  const itemOf = (change: CalendarChange) => calendarItem(objectId, change, activityType);
  // Plans of an older version name no type.
  const isPlanned = (change: CalendarChange) =>
    [itemOf(change), calendarItem(objectId, change, null)].some((item) => keys?.has(itemKey(item)));
  const rest = judged.accepted.filter((change) => !isPlanned(change));
  const items = rest.map((change) => ({
    item: itemOf(change),
    subject: `activity:${keyOf(change)}`,
  }));
  await keepUnplannedItems(store, { runId, items }, session);
  return { ...judged, accepted: judged.accepted.filter(isPlanned) };
}
