import type { Problem } from '../../projection/types.js';
import type { UserRow } from '../../records/types.js';

/**
 * The states that a person waits for (law L6): an address that somebody else holds, the end of an open activity (E10),
 * another leader of a team (E7), approval of what the guard holds or fewer takings to judge (L12). Whoever ends one of
 * them notes the person in the same transaction; for fewer takings, right after it (`guard/wake-held.ts`).
 */
export function waitsFor(
  user: Pick<UserRow, '_id'> | null,
  {
    problems,
    email,
    approval,
    still = [],
  }: {
    readonly problems: readonly Problem[];
    readonly email: string | null;
    /** Tenant of somebody some of whose takings are held. */
    readonly approval: string | null;
    /** What was waited for before and this read cannot judge; default nothing. */
    readonly still?: readonly string[];
  },
): string[] {
  const states = problems.flatMap(({ code, subject }) => {
    if (code === 'active_activity_deferred') return user ? [`activity:${user._id}`] : [];
    if (code === 'leader_removal_blocked') return subject === null ? [] : [`leader:${subject}`];
    return [];
  });
  const held = approval === null ? [] : [approvalAwaited(approval)];
  return [...new Set([...(email === null ? [] : [`email:${email}`]), ...held, ...states, ...still])].sort();
}

/** What people of a tenant wait for whose takings are held. */
export function approvalAwaited(tenantId: string): string {
  return `approval:${tenantId}`;
}
