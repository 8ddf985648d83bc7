import { sameValue } from '../../kernel/same-value.js';
import { activitySubject, activityValue } from '../../projection/verdicts/activity-decision.js';
import { cancelled, followed } from '../activities/activity-acts.js';
import type { ActivityRow } from '../activities/types.js';
import type { LedgerRow, UserRow } from '../types.js';
import type { ActivityStep } from './types.js';

interface About {
  readonly entry: LedgerRow;
  readonly user: UserRow | null;
  readonly now: Date;
}

/** A step back over an activity, and the value of its calendar's event that is declined with it. */
type Back =
  | (ActivityStep & { readonly declined?: { readonly subject: string; readonly value: unknown } })
  | { readonly why: string };

/**
 * What the sync did with an activity is undone while it is still to come and is what the sync left: planned again, as
 * it was before, or gone. What its event says stays declined until it says something else (law L11).
 */
export function activityBack(activity: ActivityRow | undefined, about: About): Back {
  const { entry, user, now } = about;
  if (activity === undefined) return CHANGED;
  switch (entry.kind) {
    case 'activity_cancel': {
      if (!isAsLeft(activity, entry)) return CHANGED;
      if (user === null || user.status === 'archived') return { why: 'The profile stays archived.' };
      if (!isToCome(activity, now)) return BEGUN;
      const before = (entry.before ?? {}) as Partial<ActivityRow>;
      const declined = declining(activity, { cancelled: activity.cancelledReason ?? '' });
      return { ...followed(activity, before, { now, why: 'undone: planned again' }), ...declined };
    }
    case 'activity_create': {
      if (!isWaiting(activity) || !isAsLeft(activity, entry)) return CHANGED;
      if (!isToCome(activity, now)) return BEGUN;
      const why = 'undone: the sync had planned it';
      return { ...cancelled(activity, { reason: 'undone', why, now }), ...declining(activity, wantedBy(activity)) };
    }
    case 'activity_update': {
      if (!isWaiting(activity) || !isAsLeft(activity, entry)) return CHANGED;
      // What its event is called is no matter of taste: another one may have the name of before.
      const { calendar: _renamed, ...before } = (entry.before ?? {}) as Partial<ActivityRow>;
      if (Object.keys(before).length === 0) return { why: 'The event only has another name at Graph.' };
      const was = { ...activity, ...before };
      if (!isToCome(activity, now) || !isToCome(was, now)) return BEGUN;
      const why = 'undone: as it was planned before';
      return { ...followed(activity, before, { now, why }), ...declining(activity, wantedBy(activity)) };
    }
    default:
      return CHANGED;
  }
}

const CHANGED = { why: 'The activity has changed since.' };
const BEGUN = { why: 'The activity would have begun already.' };

function isToCome({ scheduledStart }: ActivityRow, now: Date): boolean {
  return scheduledStart !== null && scheduledStart > now;
}

/** Neither started nor alerted. */
function isWaiting({ status, open }: ActivityRow): boolean {
  return !open && (status === 'scheduled' || status === 'awaiting_approval');
}

/** It holds everything that the entry wrote: nobody, and no later write of the sync, has changed that. */
function isAsLeft(activity: ActivityRow, { after }: LedgerRow): boolean {
  const facts = new Map<string, unknown>(Object.entries(activity));
  return Object.entries((after ?? {}) as Partial<ActivityRow>).every(([name, value]) => {
    return sameValue(facts.get(name), value);
  });
}

function wantedBy({ name, destination, scheduledStart, scheduledFinish }: ActivityRow) {
  const start = scheduledStart ?? new Date(0);
  return { wanted: { name, destination, start, finish: scheduledFinish ?? start } };
}

function declining({ calendar }: ActivityRow, value: Parameters<typeof activityValue>[0]) {
  if (calendar === undefined) return {};
  return { declined: { subject: activitySubject(calendar.key), value: activityValue(value) } };
}
