/** The vocabulary of the calendar rules: what a calendar says, what an administrator wants, what GetHomeSafe has. */

/**
 * An event of a person's default calendar, as much of it as a rule needs and an activity shows: no body, no attendees.
 * Of private and confidential events only the times are kept (E49): subject, location and categories are empty.
 */
export interface CalendarEvent {
  /** Immutable id. */
  readonly id: string;
  /** Names the occurrence for good: iCalUId and, of an occurrence, its start before any move (L16). */
  readonly key: string;
  readonly type: 'singleInstance' | 'occurrence' | 'exception';
  readonly subject: string | null;
  readonly location: string | null;
  readonly categories: readonly string[];
  /**
   * Instants in ISO 8601 with `Z`. Of an all-day event dates (`2026-09-21`), the end exclusive: they float, and are
   * midnights only in the zone of the person (E45).
   */
  readonly start: string;
  readonly end: string;
  readonly isAllDay: boolean;
  /** free, tentative, busy, oof, workingElsewhere, unknown. */
  readonly showAs: string;
  /** normal, personal, private, confidential. */
  readonly sensitivity: string;
  readonly isCancelled: boolean;
  readonly isOnline: boolean;
  /** none, organizer, tentativelyAccepted, accepted, declined, notResponded. */
  readonly response: string;
}

/** Which events become activities: one for the enterprise, with exceptions for organisations (CONTRACT section 4). */
export interface CalendarRule {
  readonly include: 'all_busy' | 'category' | 'keyword';
  /** Categories, or words of the subject; capitals do not matter. */
  readonly values: readonly string[];
  /** Values of showAs that count as work; default busy, oof and workingElsewhere (E43). */
  readonly showAs: readonly string[];
  readonly minMinutes: number;
  readonly maxMinutes: number;
  readonly private: boolean;
  readonly allDay: boolean;
  readonly online: 'any' | 'only' | 'never';
}

/** Why an event becomes no activity: the closed list of `ghs calendar preview`. */
export const EVENT_REASONS = [
  'cancelled',
  'private',
  'declined',
  'not_responded',
  'not_busy',
  'all_day',
  'too_short',
  'too_long',
  'past',
  'rule',
  'no_activity_type',
] as const;
export type EventReason = (typeof EVENT_REASONS)[number];

/** What the rules make of one event. */
export interface EventVerdict {
  readonly event: CalendarEvent;
  /** Empty: it becomes an activity. */
  readonly reasons: readonly EventReason[];
  /** What the activity is, or would be. */
  readonly name: string;
  readonly destination: string | null;
  /** Instants. */
  readonly start: Date;
  readonly finish: Date;
}

/** An activity that came from the person's calendar, as the rules see it. */
export interface CalendarActivity {
  readonly id: string;
  /** Of the event that it came from. */
  readonly eventId: string;
  readonly key: string;
  readonly name: string;
  readonly destination: string | null;
  readonly start: Date;
  readonly finish: Date;
  readonly status: 'scheduled' | 'awaiting_approval' | 'active' | 'finished' | 'cancelled';
  /** Alerted, or started once: never touched (E47). */
  readonly isTouched: boolean;
  /** Somebody in GetHomeSafe deleted it: not made again (E50). */
  readonly isDetached: boolean;
}

/** Why the sync cancels an activity: part of `cancelledReason` of the record. */
export type CalendarCancelReason =
  | 'event_cancelled'
  | 'event_deleted'
  | 'event_moved_away'
  | 'not_eligible'
  | 'out_of_scope'
  | 'calendar_off';

export type CalendarChange =
  | {
      readonly kind: 'activity_create';
      readonly verdict: EventVerdict;
      readonly revives: string | null;
      readonly why: string;
    }
  | {
      readonly kind: 'activity_update';
      readonly activity: CalendarActivity;
      readonly verdict: EventVerdict;
      readonly why: string;
    }
  | {
      readonly kind: 'activity_cancel';
      readonly activity: CalendarActivity;
      readonly reason: CalendarCancelReason;
      readonly why: string;
    };

export const CALENDAR_PROBLEM_CODES = [
  'activity_overlap',
  'activity_started',
  'activity_type_missing',
  'event_unreadable',
  'cancellations_held',
] as const;
export type CalendarProblemCode = (typeof CALENDAR_PROBLEM_CODES)[number];

/** Something that somebody should know of a person's calendar; always a warning. */
export interface CalendarProblem {
  readonly code: CalendarProblemCode;
  /** Key of the event, or null where it is about the whole calendar. */
  readonly subject: string | null;
  readonly message: string;
  readonly remedy: string;
}

export interface CalendarInput {
  /** Every event that overlaps the window, as read in one go; null: not read, so that what is there stays (E59). */
  readonly events: readonly CalendarEvent[] | null;
  /**
   * Events of activities that the window did not list, each read by its own id (law L8): the event, or `gone` where
   * Graph knows none or it is in this calendar no more. What is in neither was not read, and its activity stays.
   */
  readonly readById: ReadonlyMap<string, CalendarEvent | 'gone'>;
  /** All activities of this person that came from the calendar, detached and cancelled ones included. */
  readonly activities: readonly CalendarActivity[];
  readonly rule: CalendarRule;
  /** The person's zone, IANA. */
  readonly zone: string;
  readonly window: { readonly from: Date; readonly to: Date };
  readonly now: Date;
  readonly hasActivityType: boolean;
}

export interface CalendarProjection {
  readonly verdicts: readonly EventVerdict[];
  readonly changes: readonly CalendarChange[];
  readonly problems: readonly CalendarProblem[];
}
