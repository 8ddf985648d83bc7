import type { Changes } from '../../changes/create-changes.js';
import type { Decisions } from '../../records/decisions.js';
import type { Problems } from '../../records/problems/problems.js';
import type { IntegrationStatus, Integrations } from '../../tenancy/integrations.js';
import { type FreshnessDeps, freshnessOf } from './freshness.js';

/** How the connection of an enterprise stands, as the page and `ghs integration status` show it (CONTRACT section 4). */
export interface IntegrationViewed extends IntegrationStatus {
  readonly verifiedUntil: {
    readonly users: Date | null;
    readonly groups: Date | null;
    readonly calendars: Date | null;
  };
  /** Calendars that could not be verified for longer than the settings allow. */
  readonly staleCalendars: number;
  /** Decisions that wait for an administrator. */
  readonly held: number;
  readonly problems: number;
  /** Age of the oldest open change in milliseconds; null: none is open. */
  readonly oldestChangeMs: number | null;
}

export type IntegrationView = (enterpriseId: string) => Promise<IntegrationViewed>;

export interface IntegrationViewDeps extends FreshnessDeps {
  readonly integrations: Pick<Integrations, 'status'>;
  readonly decisions: Pick<Decisions, 'countHeld' | 'countHeldByKind'>;
  readonly problems: Pick<Problems, 'count'>;
  readonly changes: Pick<Changes, 'oldestOpenMs' | 'waiting'>;
}

export function createIntegrationView(deps: IntegrationViewDeps): IntegrationView {
  const { integrations, decisions, problems, changes, clock } = deps;
  return async (enterpriseId) => {
    const status = await integrations.status(enterpriseId);
    const { tenantId } = status;
    const { users, groups, calendars } = await freshnessOf(deps, { enterpriseId, ...status });
    return {
      ...status,
      verifiedUntil: {
        users: users.verifiedUntil,
        groups: groups.verifiedUntil,
        calendars: calendars.verifiedUntil,
      },
      staleCalendars: calendars.stale,
      held: await decisions.countHeld(enterpriseId),
      problems: await problems.count(enterpriseId),
      oldestChangeMs: tenantId === null ? null : await changes.oldestOpenMs(tenantId, clock.now()),
    };
  };
}
