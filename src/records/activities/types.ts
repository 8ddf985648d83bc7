/** Why somebody is looking for a person on an activity (the product's alert kinds, as far as they end an archive). */
export const ALERT_KINDS = ['missed_start', 'overdue', 'panic', 'silent', 'no_movement'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ACTIVITY_STATUSES = ['scheduled', 'active', 'finished', 'cancelled'] as const;
export type ActivityStatus = (typeof ACTIVITY_STATUSES)[number];

/** A monitored period of work of one person. All times are instants in UTC. */
export interface ActivityRow {
  readonly _id: string;
  readonly enterpriseId: string;
  /** Home organisation of the person when the activity was made. */
  readonly organisationId: string;
  readonly userId: string;
  readonly name: string;
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
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type CancelledReason = 'person_archived';

export const ACTIVITIES = 'activities';
