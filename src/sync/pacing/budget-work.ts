import { type Budget, LARGE_TENANT_FROM, plannedUnitsPer10s } from '../../graph/budget.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { People } from '../../mirror/people-store.js';
import type { OwnerWork } from '../owner.js';

/** A first run enters people page by page: soon after a page the rest is read at the pace of a larger tenant. */
const COUNT_EVERY_MS = 10 * SECOND_MS;

export interface BudgetWorkDeps {
  readonly people: Pick<People, 'count'>;
  readonly clock: Clock;
  budgetFor(tenantId: string): Pick<Budget, 'allow'>;
}

/**
 * Paces the calls of a tenant by its size, as far as it is known: the people in the mirror. There are at least as many
 * users in the tenant, so that Graph never allows less than we plan.
 */
export function createBudgetWork({ people, clock, budgetFor }: BudgetWorkDeps): OwnerWork {
  return {
    name: 'budget',
    run: async ({ tenantId, signal }) => {
      while (!signal.aborted) {
        budgetFor(tenantId).allow(plannedUnitsPer10s(await people.count(tenantId, LARGE_TENANT_FROM)));
        await clock.sleep(COUNT_EVERY_MS, signal);
      }
    },
  };
}
