import type { Problem } from '../../projection/types.js';
import type { UserRow } from '../../records/types.js';

/**
 * The states that a person waits for (law L6): an address that somebody else holds, the end of an open activity (E10),
 * another leader of a team (E7). Whoever ends one of them notes the person in the same transaction.
 */
export function waitsFor(
  user: Pick<UserRow, '_id'> | null,
  { problems, email }: { readonly problems: readonly Problem[]; readonly email: string | null },
): string[] {
  const states = problems.flatMap(({ code, subject }) => {
    if (code === 'active_activity_deferred') return user ? [`activity:${user._id}`] : [];
    if (code === 'leader_removal_blocked') return subject === null ? [] : [`leader:${subject}`];
    return [];
  });
  return [...new Set([...(email === null ? [] : [`email:${email}`]), ...states])].sort();
}
