import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { createTenantLinks } from '../../records/linked.js';
import { createPlaces } from '../../records/people/places.js';
import type { Store } from '../../store/connect.js';
import { inTransaction } from '../../store/in-transaction.js';
import { hasStarted } from '../../tenancy/settings/settings.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import { requirePlan } from '../exact-plan.js';
import { createMayRun } from '../may-run.js';
import { RUNS, type RunRow } from '../types.js';

/** Why something cannot be done now, in words. */
export interface Refused {
  readonly code: string;
  readonly message: string;
}

export interface Plans {
  /** Dry runs, newest first. */
  list(enterpriseId: string, limit: number): Promise<RunRow[]>;
  /** A dry run, and why it cannot be applied exactly now; null where it can. */
  show(enterpriseId: string, id: string): Promise<{ run: RunRow; refused: Refused | null }>;
  /** What there is to know before a plan is made. */
  start(enterpriseId: string): Promise<{
    /** No sync has completed yet: plan first, and one team can be begun with. */
    readonly isFirst: boolean;
    readonly startWithTeam: string | null;
    /** Teams that have a mapping. */
    readonly teams: readonly { readonly id: string; readonly name: string; readonly organisation: string }[];
    /** Why no plan can be made now. */
    readonly refused: Refused | null;
  }>;
}

export interface PlansDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly integrations: { getIntegration(enterpriseId: string): Promise<IntegrationRow> };
}

/** Plans as they are looked at before they are applied (law L11). */
export function createPlans(deps: PlansDeps): Plans {
  const { store, clock, integrations } = deps;
  const runs = store.collection<RunRow>(RUNS);
  const tenantLinks = createTenantLinks(deps);
  const places = createPlaces(deps);
  const mayRun = createMayRun(deps);
  return {
    list: (enterpriseId, limit) =>
      runs.find({ enterpriseId, dry: true }).sort({ requestedAt: -1 }).limit(limit).toArray(),
    show: async (enterpriseId, id) => {
      const run = await runs.findOne({ _id: id, enterpriseId, dry: true });
      if (run === null)
        throw new AppError('plan_not_found', 'There is no such plan in this enterprise.', {
          status: 404,
          field: 'plan',
        });
      const integration = await integrations.getIntegration(enterpriseId);
      return { run, refused: await refusalOf(() => requirePlan(run, { integration, now: clock.now() })) };
    },
    start: async (enterpriseId) => {
      const integration = await integrations.getIntegration(enterpriseId);
      const { mappings, startWithTeam = null } = integration.settings;
      const ids = [...new Set(mappings.map(({ teamId }) => teamId))];
      const teams = await places.teams(enterpriseId, ids);
      const begun = await inTransaction(deps, (session) => hasStarted(tenantLinks, integration, session));
      return {
        ...{ isFirst: !begun, startWithTeam },
        teams: [...teams.values()].map(({ _id, name, organisationId }) => ({
          ...{ id: _id, name, organisation: organisationId },
        })),
        refused: await refusalOf(() => mayRun(enterpriseId, { dry: true })),
      };
    },
  };
}

async function refusalOf(ask: () => unknown): Promise<Refused | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
}
