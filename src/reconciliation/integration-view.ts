import type { Changes } from '../changes/create-changes.js';
import { type Clock, hoursBefore } from '../kernel/clock.js';
import type { Calendars } from '../mirror/calendars-store.js';
import type { Cursors } from '../mirror/cursors.js';
import type { Decisions } from '../records/decisions.js';
import type { Problems } from '../records/problems.js';
import type { IntegrationStatus, Integrations } from '../tenancy/integrations.js';

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

export interface IntegrationViewDeps {
  readonly clock: Clock;
  readonly integrations: Pick<Integrations, 'status'>;
  readonly decisions: Pick<Decisions, 'countHeld'>;
  readonly problems: Pick<Problems, 'count'>;
  readonly changes: Pick<Changes, 'oldestOpenMs'>;
  readonly mirror: {
    readonly cursors: Pick<Cursors, 'load'>;
    readonly calendars: Pick<Calendars, 'verifiedUntil' | 'staleCount'>;
  };
}

export function createIntegrationView(deps: IntegrationViewDeps): IntegrationView {
  const { integrations, decisions, problems, changes, mirror, clock } = deps;
  return async (enterpriseId) => {
    const status = await integrations.status(enterpriseId);
    const { tenantId } = status;
    const staleBefore = hoursBefore(clock.now(), status.calendarStaleHours);
    const verified = tenantId === null ? null : (await mirror.cursors.load(tenantId)).verifiedUntil;
    const calendars = tenantId === null ? null : await mirror.calendars.verifiedUntil(tenantId);
    return {
      ...status,
      verifiedUntil: { users: verified?.users ?? null, groups: verified?.groups ?? null, calendars },
      staleCalendars: tenantId === null ? 0 : await mirror.calendars.staleCount(tenantId, staleBefore),
      held: await decisions.countHeld(enterpriseId),
      problems: await problems.count(enterpriseId),
      oldestChangeMs: tenantId === null ? null : await changes.oldestOpenMs(tenantId, clock.now()),
    };
  };
}
