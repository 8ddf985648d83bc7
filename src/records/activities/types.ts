import type { CalendarCancelReason } from '../../projection/calendar/types.js';

/** Why somebody is looking for a person on an activity (the product's alert kinds, as far as they end an archive). */
export const ALERT_KINDS = ['missed_start', 'overdue', 'panic', 'silent', 'no_movement'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** `awaiting_approval`: planned, but its type asks for somebody's approval first (E57). */
export const ACTIVITY_STATUSES = ['scheduled', 'awaiting_approval', 'active', 'finished', 'cancelled'] as const;
export type ActivityStatus = (typeof ACTIVITY_STATUSES)[number];

/** A monitored period of work of one person. All times are instants in UTC. */
export interface ActivityRow {
  readonly _id: string;
  readonly enterpriseId: string;
  /** Home organisation of the person when the activity was made. */
  readonly organisationId: string;
  readonly userId: string;
  readonly name: string;
  /**
   * Activity type: the default of the organisation when the calendar's activity was made or came back (E57), and left
   * alone by later defaults (E50). null: made by hand; absent on older rows, which are ordinary.
   */
  readonly type?: string | null;
  readonly status: ActivityStatus;
  /** The alert that nobody has settled yet. */
  readonly alert: AlertKind | null;
  /** Present while the activity is active or alerted: then its person is not archived (E10). */
  readonly open?: true;
  /** null: started without having been planned. */
  readonly scheduledStart: Date | null;
  readonly scheduledFinish: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly cancelledReason: CancelledReason | null;
  readonly source: 'manual' | 'entra_calendar';
  readonly destination: string | null;
  /** Of a calendar's activity: the event that it came from. */
  readonly calendar?: {
    readonly eventId: string;
    /** Names the occurrence for good (law L16), and of a later activity of it the number (E48); unique for a person. */
    readonly key: string;
    /** Somebody deleted it in GetHomeSafe: it follows the calendar no more, and is not made again (E50). */
    readonly detached?: true;
  };
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** `removed`: somebody in GetHomeSafe deleted it; `undone`: what the sync had planned was undone. */
export type CancelledReason = 'person_archived' | 'removed' | 'undone' | CalendarCancelReason;

export const ACTIVITIES = 'activities';
