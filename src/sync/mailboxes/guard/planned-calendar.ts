import type { ClientSession } from 'mongodb';
import type { CalendarChange } from '../../../projection/calendar/types.js';
import { keyOf } from '../../../projection/verdicts/activity-decision.js';
import { calendarItem } from '../../../projection/verdicts/calendar-item.js';
import { itemKey } from '../../../projection/verdicts/exactly.js';
import type { Store } from '../../../store/connect.js';
import { keepUnplannedItems, loadPlanned } from '../../plan/exact-plan.js';
import type { JudgedChanges } from './judge-cancellations.js';

/** Where a run applies a plan exactly: what the plan has, and the rest is written down and left alone (law L11). */
export async function onlyPlanned(
  store: Store,
  { objectId, runId, judged }: { objectId: string; runId: string | null; judged: JudgedChanges },
  session: ClientSession,
): Promise<JudgedChanges> {
  const planned = await loadPlanned(store, { runId, objectIds: [objectId] }, session);
  if (planned === undefined || runId === null) return judged;
  const keys = planned.get(objectId);
  const isPlanned = (change: CalendarChange) => keys?.has(itemKey(calendarItem(objectId, change))) ?? false;
  const rest = judged.accepted.filter((change) => !isPlanned(change));
  const items = rest.map((change) => ({
    item: calendarItem(objectId, change),
    subject: `activity:${keyOf(change)}`,
  }));
  await keepUnplannedItems(store, { runId, items }, session);
  return { ...judged, accepted: judged.accepted.filter(isPlanned) };
}
