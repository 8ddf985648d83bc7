import { countPlan, type PlanItem, planItems, withhold } from '../projection/plan.js';
import { refuse } from '../projection/refuse.js';
import type { Projection } from '../projection/types.js';
import { WHY_CANCELLED } from '../records/activities/leavers.js';
import type { ActivityRow } from '../records/activities/types.js';
import type { PersonPlan } from '../sync/plan/plan-people.js';
import type { RunCounts } from './types.js';

/**
 * The plan of a dry run, item by item. Newcomers of one run who want one address rule each other out, also where the
 * run met them in different batches; what the guard would hold is shown as a problem and not as a change.
 */
export function itemsOf(
  plans: readonly PersonPlan[],
  rivals: ReadonlyMap<string, readonly string[]>,
): { items: PlanItem[]; counts: Omit<RunCounts, 'seen'> } {
  const projections = plans.map((plan) => settled(plan, rivals));
  const items = plans.flatMap((plan, index) => [
    ...planItems(projections[index] ?? plan.draft.projection),
    ...plan.cancelled.map((activity) => cancelItem(plan, activity)),
  ]);
  const activitiesCancelled = plans.reduce((sum, { cancelled }) => sum + cancelled.length, 0);
  return { items, counts: { ...countPlan(projections), activitiesCancelled } };
}

function cancelItem({ draft }: PersonPlan, { _id: activity }: ActivityRow): PlanItem {
  const { objectId: person } = draft.read;
  const [before, after] = ['scheduled', 'cancelled'];
  return { person, kind: 'activity_cancel', activity, before, after, why: WHY_CANCELLED };
}

function settled({ draft, held, problems }: PersonPlan, rivals: ReadonlyMap<string, readonly string[]>): Projection {
  const projection = withhold(
    { ...draft.projection, problems },
    (take) => !draft.mayTake || held.some(({ change }) => change === take.change),
  );
  const key = projection.wantedEmailKey;
  const others = key === null || draft.user ? [] : (rivals.get(key) ?? []).filter((id) => id !== draft.read.objectId);
  const isNew = projection.gives.some(({ kind }) => kind === 'create');
  if (key === null || others.length === 0 || !isNew) return projection;
  return refuse(projection, { code: 'duplicate_email_in_source', key, others });
}
