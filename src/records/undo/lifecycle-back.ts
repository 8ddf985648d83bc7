import { cancelled } from '../activities/activity-acts.js';
import { IS_OUT, isToCome, WHY_CANCELLED } from '../activities/leavers.js';
import { withStatusKept } from '../apply-changes.js';
import { withEmailKey } from '../people/person-acts.js';
import type { LedgerRow, UserRow } from '../types.js';
import { CHANGED, type Step, type UndoQuestion } from './types.js';

/** Back from the archive, unless somebody else has the address by now. */
export function unarchived(user: UserRow, entry: LedgerRow, { takenEmailKeys }: UndoQuestion): Step {
  if (user.status !== 'archived' || (entry.after !== null && user.archivedReason !== entry.after))
    return { why: CHANGED };
  const live = { archivedReason: null, archivedAt: null, formerEmailKey: null };
  // Of a later archive of the same reason, too: somebody who came to use GetHomeSafe meanwhile goes on doing so.
  const { statusBeforeArchive, ...rest } = user;
  const status = statusBeforeArchive ?? (entry.before === 'invited' ? 'invited' : 'active');
  const next = withEmailKey({ ...rest, ...live, status });
  if (next.emailKey !== undefined && takenEmailKeys.has(next.emailKey)) return { why: 'The address is in use by now.' };
  return { user: next, entry: { kind: 'restore', before: 'archived', after: status, why: 'undone: not archived' } };
}

/**
 * Archiving takes somebody out of sight, so that it is done only where nobody depends on them. What they had planned is
 * cancelled, as with any other archive (E10).
 */
export function unrestored(user: UserRow, { provenance }: LedgerRow, { isOut, activities, now }: UndoQuestion): Step {
  if (user.status === 'archived') return { why: CHANGED };
  if (isOut) return { why: IS_OUT };
  if (user.isAccountAdmin) return { why: 'The person is an account administrator by now.' };
  if (user.memberships.some(({ isLeader }) => isLeader)) return { why: 'The person leads a team by now.' };
  const reason = provenance?.archivedReason ?? 'sync_disabled';
  const { emailKey, ...rest } = withStatusKept(user);
  const archivedAt = provenance?.archivedAt ?? now;
  const next = { ...rest, status: 'archived', archivedReason: reason, archivedAt } as const;
  const cancelling = { reason: 'person_archived', why: WHY_CANCELLED, now } as const;
  return {
    user: { ...next, formerEmailKey: emailKey ?? user.formerEmailKey },
    entry: { kind: 'archive', before: user.status, after: reason, why: 'undone: archived as before' },
    besides: [...activities.values()].filter((each) => isToCome(each, now)).map((each) => cancelled(each, cancelling)),
  };
}
