import type { ActivityRow } from '../activities/types.js';
import type { ActEntry } from '../people/person-acts.js';
import type { LedgerRow, UserRow } from '../types.js';

export type ActivityStep = { readonly activity: ActivityRow; readonly entry: ActEntry } | { readonly why: string };

/** An activity that went with its person's archive is planned again, if the person is back and it is still to come. */
export function activityBack(
  activity: ActivityRow | undefined,
  { entry, user, now }: { entry: LedgerRow; user: UserRow | null; now: Date },
): ActivityStep {
  if (entry.kind !== 'activity_cancel' || activity?.status !== 'cancelled')
    return { why: 'The activity has changed since.' };
  if (user === null || user.status === 'archived') return { why: 'The profile stays archived.' };
  if (activity.scheduledStart === null || activity.scheduledStart <= now)
    return { why: 'The activity would have begun already.' };
  const back: ActivityRow = { ...activity, status: 'scheduled', cancelledReason: null, updatedAt: now };
  const why = 'undone: planned again';
  return {
    activity: back,
    entry: { kind: 'activity_update', activityId: activity._id, before: 'cancelled', after: 'scheduled', why },
  };
}
