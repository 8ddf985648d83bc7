export type RunTrigger = 'manual' | 'scheduled' | 'restore';
export type RunStatus =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'succeeded_with_errors'
  | 'failed'
  | 'cancelled'
  | 'skipped';

/** What a run did, by person (a person with three changed fields is updated once). */
export interface RunCounts {
  readonly seen: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** People for whom anything changed, however many things. */
  readonly touched?: number;
  readonly archived: number;
  readonly restored: number;
  readonly teamAdded: number;
  readonly teamRemoved: number;
  readonly activitiesCancelled: number;
  /** Calendars that were read; absent in runs from before there were calendars, as the rest of this kind. */
  readonly calendars?: number;
  /** Calendars that could not be read: what is there because of them stays (E59). */
  readonly calendarsFailed?: number;
  readonly activitiesCreated?: number;
  readonly activitiesUpdated?: number;
  /** Events that become no activity. */
  readonly activitiesSkipped?: number;
  readonly failed: number;
  readonly warnings: number;
}

export const NO_COUNTS: RunCounts = {
  seen: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  archived: 0,
  restored: 0,
  teamAdded: 0,
  teamRemoved: 0,
  activitiesCancelled: 0,
  failed: 0,
  warnings: 0,
};

export interface RunRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly trigger: RunTrigger;
  readonly requestedBy: string;
  /** Dry run whose plan this run applies exactly (law L11). */
  readonly planId?: string;
  /** A dry run changes nothing and is not an open run. */
  readonly dry: boolean;
  /** Present while a run that is not dry is queued or running: unique for an enterprise. */
  readonly open?: true;
  /** Instant of the schedule that this run serves; unique for an enterprise. */
  readonly scheduledFor?: Date;
  readonly status: RunStatus;
  /** Whoever goes on with a run that a former owner left begins at `reading`. */
  readonly phase: 'queued' | 'reading' | 'applying' | 'settling' | 'done';
  /** Settings that this run works with (law L14); null until it starts. */
  readonly revision: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly counts: RunCounts;
  readonly held: number;
  /** Writes to mirror, records, ledger and changes. */
  readonly writes: number;
}

export type ActivityItemKind = 'activity_create' | 'activity_update' | 'activity_cancel';

/** One line of a plan: what would happen to whom, and why (CONTRACT section 4, sync now). */
export interface RunItemRow {
  readonly _id: string;
  readonly runId: string;
  readonly position: number;
  readonly person: string;
  /** Name in Entra of somebody who has no record, and whom a dry run leaves unknown. */
  readonly label?: string;
  readonly kind: 'create' | 'update' | 'archive' | 'restore' | 'join' | 'leave' | 'problem' | ActivityItemKind;
  readonly field?: string;
  readonly team?: string;
  readonly activity?: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly why: string;
  /** Of a run that applies a plan exactly: has come up since the plan, or is in the plan and was not applied. */
  readonly result?: 'not_in_plan' | 'not_applied';
  /** Of a problem. */
  readonly severity?: 'error' | 'warning';
}

export const RUNS = 'runs';
export const RUN_ITEMS = 'runItems';
