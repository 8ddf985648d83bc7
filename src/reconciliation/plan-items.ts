import { countPlan, type PlanCounts, type PlanItem, planItems, withhold } from '../projection/plan.js';
import { refuse } from '../projection/refuse.js';
import type { Projection } from '../projection/types.js';
import type { PersonPlan } from '../sync/plan/plan-people.js';

/**
 * The plan of a dry run, item by item. Newcomers of one run who want one address rule each other out, also where the
 * run met them in different batches; what the guard would hold is shown as a problem and not as a change.
 */
export function itemsOf(
  plans: readonly PersonPlan[],
  rivals: ReadonlyMap<string, readonly string[]>,
): { items: PlanItem[]; counts: Omit<PlanCounts, 'seen'> } {
  const projections = plans.map((plan) => settled(plan, rivals));
  return { items: projections.flatMap(planItems), counts: countPlan(projections) };
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
