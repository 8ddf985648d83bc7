import { plannedAgain } from '../activities/activity-acts.js';
import type { ActivityRow } from '../activities/types.js';
import type { LedgerRow, UserRow } from '../types.js';
import type { ActivityStep } from './types.js';

/** An activity that went with its person's archive is planned again, if the person is back and it is still to come. */
export function activityBack(
  activity: ActivityRow | undefined,
  { entry, user, now }: { entry: LedgerRow; user: UserRow | null; now: Date },
): ActivityStep | { readonly why: string } {
  if (entry.kind !== 'activity_cancel' || activity?.status !== 'cancelled')
    return { why: 'The activity has changed since.' };
  if (user === null || user.status === 'archived') return { why: 'The profile stays archived.' };
  if (activity.scheduledStart === null || activity.scheduledStart <= now)
    return { why: 'The activity would have begun already.' };
  return plannedAgain(activity, now);
}
