import { countPlan, type PlanCounts, type PlanItem, planItems, withhold } from '../projection/plan.js';
import type { Projection } from '../projection/types.js';
import type { PersonPlan } from '../sync/plan/plan-people.js';

/** The plan of a dry run, item by item: what the guard would hold is shown as a problem and not as a change. */
export function itemsOf(plans: readonly PersonPlan[]): { items: PlanItem[]; counts: Omit<PlanCounts, 'seen'> } {
  const projections = plans.map(shown);
  return { items: projections.flatMap(planItems), counts: countPlan(projections) };
}

function shown({ draft, held, problems }: PersonPlan): Projection {
  return withhold(
    { ...draft.projection, problems },
    (take) => !draft.mayTake || held.some(({ change }) => change === take.change),
  );
}
