import type { CalendarCancelReason, CalendarChange } from '../../../projection/calendar/types.js';
import type { ActivityRow } from '../../../records/activities/types.js';

/**
 * Reasons that an older state of the mailbox may be: the event was not there yet, or was otherwise. A cancelled meeting
 * says so itself, and nothing that is cancelled becomes a meeting again by itself.
 */
const MAY_BE_OLDER: ReadonlySet<CalendarCancelReason> = new Set(['event_deleted', 'event_moved_away', 'not_eligible']);

export interface Settling {
  /** What is done now. */
  readonly done: readonly CalendarChange[];
  /** When the first of the others may be decided; null: nothing waits. */
  readonly waitsUntil: Date | null;
  /** Something is changed once more that was changed within the lag: a replica that is behind may have been asked. */
  readonly goesBack: boolean;
}

/**
 * Law L7: a replica of the mailbox may be behind by the lag. Giving is done at once. What would take an activity away, or
 * let it begin, waits where the sync made or changed that activity less than the lag before the reading.
 */
export function settling(
  changes: readonly CalendarChange[],
  about: {
    readonly activities: ReadonlyMap<string, ActivityRow>;
    readonly at: Date;
    readonly lagMs: number;
    isApproved(change: CalendarChange): boolean;
  },
): Settling {
  const { activities, at, lagMs, isApproved } = about;
  const settlesAt = (change: CalendarChange) => {
    const id = change.kind === 'activity_create' ? change.revives : change.activity.id;
    return (activities.get(id ?? '')?.updatedAt.getTime() ?? Number.NEGATIVE_INFINITY) + lagMs;
  };
  const isLately = (change: CalendarChange) => settlesAt(change) > at.getTime();
  const waiting = changes.filter((change) => isLately(change) && isForGood(change, at) && !isApproved(change));
  const done = changes.filter((change) => !waiting.includes(change));
  const waitsUntil = waiting.length === 0 ? null : new Date(Math.min(...waiting.map(settlesAt)));
  return { done, waitsUntil, goesBack: done.some(isLately) };
}

/** What a later reading could not put right for the person: taken away, or begun without them. */
function isForGood(change: CalendarChange, at: Date): boolean {
  if (change.kind === 'activity_cancel') return MAY_BE_OLDER.has(change.reason);
  return change.kind === 'activity_update' && change.verdict.start <= at;
}
