import { DAY_MS } from '../../kernel/clock.js';
import type { PersonRow } from '../../mirror/types.js';
import { isOfNobody } from '../../projection/rules/scope.js';
import type { UserRow } from '../../records/types.js';
import type { IntegrationRow } from '../../tenancy/types.js';

/**
 * What becomes of somebody's calendar: `in`: it is read; `waits`: what Entra says of the person, or what is set, is not
 * known or settled yet, so that nothing happens; `not_a_person`: the mailbox is a room's, or shared by now; `out`: it is
 * none of ours (any more); `off`: an administrator switched calendars off.
 */
export type CalendarScope = 'in' | 'waits' | 'not_a_person' | 'out' | 'off';

export function calendarScope(
  integration: IntegrationRow,
  { user, row }: { user: UserRow | null; row: PersonRow | null },
): CalendarScope {
  // Connected, but no run has begun since: what was kept when the tenant was disconnected stays until then (E78).
  if (!integration.inEffect) return 'waits';
  if (!integration.inEffect.settings.calendarSync || !integration.settings.usersSync) return 'off';
  // An archive cancels what is planned by itself (E60).
  if (!user || user.status === 'archived') return 'out';
  if (row?.state !== 'present') return 'waits';
  if (row.groupIdsInEffect.length === 0 && !isStill(user, row)) return 'out';
  return isOfNobody(row.attributes ?? {}) ? 'not_a_person' : 'in';
}

/** For so long a 404 may be a replica's that is behind, far beyond any lag that was ever told of (law L7). */
const ABSENT_FOR_MS = DAY_MS;

/** Whether the account is deleted, so that there is no mailbox to read; who is kept all the same may come back to it. */
export function isAway(row: PersonRow | null, now: Date): boolean {
  if (row?.state === 'soft_deleted') return true;
  return (
    row?.state === 'absent' && row.absentSince !== null && now.getTime() - row.absentSince.getTime() > ABSENT_FOR_MS
  );
}

/** Leaving ripens, waits for somebody, or is not let happen, as that of a last leader (E7): until then they are one of ours. */
function isStill({ memberships }: UserRow, { ripening }: PersonRow): boolean {
  return ripening !== null || memberships.some(({ mappingIds }) => mappingIds.length > 0);
}

/** Whether what is planned goes with the scope: nothing is cancelled for somebody of whom too little is known. */
export function endsActivities(scope: CalendarScope): scope is 'off' | 'out' | 'not_a_person' {
  return scope === 'off' || scope === 'out' || scope === 'not_a_person';
}
