import { changeItem, countPlan, type PlanItem, planItems, withhold } from '../projection/plan.js';
import type { PlannedChange, Projection } from '../projection/types.js';
import { WHY_CANCELLED } from '../records/activities/leavers.js';
import type { ActivityRow } from '../records/activities/types.js';
import { runFailureOf } from '../sync/admission/run-failure.js';
import type { PersonPlan } from '../sync/plan/person-plan.js';
import type { ReadResult } from '../sync/read-people.js';
import type { RunCounts } from './types.js';

/** The plan of a dry run, item by item: what the guard would hold is shown as a problem and not as a change. */
export function itemsOf(plans: readonly PersonPlan[]): { items: PlanItem[]; counts: Omit<RunCounts, 'seen'> } {
  const projections = plans.map(shown);
  const items = plans.flatMap((plan, index) => [
    ...planItems(projections[index] ?? plan.draft.projection),
    ...plan.held.map(({ change }) => heldItem(plan, change)),
    ...plan.cancelled.map((activity) => cancelItem(plan, activity)),
  ]);
  const activitiesCancelled = plans.reduce((sum, { cancelled }) => sum + cancelled.length, 0);
  return { items, counts: { ...countPlan(projections), activitiesCancelled } };
}

/** What the guard would hold, with its values: a problem, because it does not happen by itself. */
function heldItem({ draft }: PersonPlan, change: PlannedChange): PlanItem {
  const item = changeItem(draft.read.objectId, change);
  return { ...item, kind: 'problem', after: 'held', why: `It would be held (${change.kind}): ${item.why}` };
}

/** Somebody of whom nothing is known now: a problem with the code that a run would fail with (docs/operations.md). */
export function unreadItem({ objectId, failure }: ReadResult['failed'][number]): PlanItem {
  const { code, message } = runFailureOf(failure);
  const why = `The person could not be read, so that nothing is planned for them. ${message}`;
  return { person: objectId, kind: 'problem', severity: 'error', before: null, after: code, why };
}

function cancelItem({ draft }: PersonPlan, { _id: activity }: ActivityRow): PlanItem {
  const { objectId: person } = draft.read;
  const [before, after] = ['scheduled', 'cancelled'];
  return { person, kind: 'activity_cancel', activity, before, after, why: WHY_CANCELLED };
}

function shown({ draft, held, problems }: PersonPlan): Projection {
  return withhold(
    { ...draft.projection, problems },
    (take) => !draft.mayTake || held.some(({ change }) => change === take.change),
  );
}
