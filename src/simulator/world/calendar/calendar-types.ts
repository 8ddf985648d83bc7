/** Calendars of mailboxes: what stands in one, how it is looked at and how it is edited. */

/** A wall clock's time, without offset, in a zone by its Windows or IANA name. */
export interface CalendarTime {
  readonly dateTime: string;
  readonly timeZone: string;
}

export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** When a series happens. Weeks begin on Sunday; a weekly series without days happens on the weekday it starts on. */
export interface Recurrence {
  readonly pattern: {
    readonly type: 'daily' | 'weekly';
    readonly interval: number;
    readonly daysOfWeek?: readonly (typeof WEEKDAYS)[number][] | undefined;
  };
  readonly range: {
    readonly type: 'endDate' | 'numbered' | 'noEnd';
    /** Dates as YYYY-MM-DD. */
    readonly startDate: string;
    readonly endDate?: string | undefined;
    readonly numberOfOccurrences?: number | undefined;
  };
}

export const SHOW_AS = ['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown'] as const;
export const SENSITIVITIES = ['normal', 'personal', 'private', 'confidential'] as const;
export const RESPONSES = ['none', 'organizer', 'tentativelyAccepted', 'accepted', 'declined', 'notResponded'] as const;

/** What people fill in, in Graph's names and values. */
export interface EventContent {
  readonly subject: string | null;
  readonly bodyPreview: string;
  readonly start: CalendarTime;
  readonly end: CalendarTime;
  /** Only the dates of `start` and `end` count then, whatever zone they are read in. */
  readonly isAllDay: boolean;
  readonly showAs: (typeof SHOW_AS)[number];
  readonly sensitivity: (typeof SENSITIVITIES)[number];
  readonly categories: readonly string[];
  readonly location: { readonly displayName: string };
  readonly isOnlineMeeting: boolean;
  readonly isCancelled: boolean;
  readonly isOrganizer: boolean;
  readonly responseStatus: { readonly response: (typeof RESPONSES)[number] };
}

/** Part of an event's content; a name that is undefined is left alone. */
export type EventEdit = { readonly [Name in keyof EventContent]?: EventContent[Name] | undefined } & {
  /** Null makes a series a single event again. */
  readonly recurrence?: Recurrence | null | undefined;
};

export type NewEvent = EventEdit & {
  readonly start: CalendarTime;
  readonly end: CalendarTime;
  /** Given where this is a copy of another mailbox's event. */
  readonly iCalUId?: string | undefined;
};

/** A single event or a whole series as it stands in one mailbox; never changed in place. */
export interface CalendarEvent {
  readonly id: string;
  readonly guid: string;
  readonly iCalUId: string;
  /** Grows with every edit of the event or of an occurrence. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly content: EventContent;
  readonly recurrence: Recurrence | null;
  /** Occurrences that were edited, by the day (YYYY-MM-DD) they were on, with what differs from the series. */
  readonly exceptions: ReadonlyMap<string, OccurrenceException>;
  /** Days whose occurrence was deleted. */
  readonly removedDays: ReadonlySet<string>;
  /** In Deleted Items or another calendar of the mailbox: found by its id, and on no list of the default calendar. */
  readonly isAway: boolean;
}

export interface OccurrenceException {
  readonly edit: Partial<EventContent>;
  readonly version: number;
  readonly modifiedAtMs: number;
}

/** Something with an id of its own that Graph answers: a single event, a series, or one occurrence of it. */
export interface EventInstance {
  readonly id: string;
  readonly type: 'singleInstance' | 'seriesMaster' | 'occurrence' | 'exception';
  readonly seriesMasterId: string | null;
  readonly iCalUId: string;
  readonly changeKey: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly content: EventContent;
  readonly recurrence: Recurrence | null;
  /** When an occurrence was before any move; null for single events and series. */
  readonly originalStart: CalendarTime | null;
}

/** A stretch of time, its end exclusive, and the zone (IANA) in which all-day events are taken to be. */
export interface CalendarWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly zone: string;
}

/** One mailbox's calendar at one moment. */
export interface CalendarView {
  /** The last change this view shows. */
  readonly sequence: number;
  readonly events: ReadonlyMap<string, CalendarEvent>;
  /** A single event, a series or an occurrence, wherever in the mailbox. */
  find(eventId: string): EventInstance | undefined;
  /** Series and single events, in the order they were made. */
  all(): readonly EventInstance[];
  /** Single events and occurrences that overlap the window, the earliest start first. */
  between(window: CalendarWindow): readonly EventInstance[];
}

/** One edit of a calendar; sequences are shared by all mailboxes of a tenant. */
export interface CalendarChange {
  readonly sequence: number;
  readonly atMs: number;
  readonly userId: string;
  /** What was edited: for an occurrence its own id. */
  readonly eventId: string;
  readonly changeType: 'created' | 'updated' | 'deleted';
  readonly changeKey: string;
  readonly seriesMasterId: string | null;
}

/** The default calendars of a tenant's mailboxes. Edits commit at once; unknown ids throw `UnknownObject`. */
export interface Calendars {
  /** A mailbox's calendar, `lagMs` behind (0: as it is now). */
  view(userId: string, lagMs?: number): CalendarView;
  /** As it was after the change with this sequence; undefined where that is forgotten. */
  viewAt(userId: string, sequence: number): CalendarView | undefined;
  createEvent(userId: string, event: NewEvent): CalendarChange;
  /** An edited occurrence becomes an exception; a series that gets new times or another pattern loses its exceptions. */
  updateEvent(userId: string, eventId: string, edit: EventEdit): CalendarChange;
  /**
   * The id of an occurrence deletes that one alone. A single event or a series goes to Deleted Items; with `purge`, or
   * deleted again, it is nowhere any more.
   */
  deleteEvent(userId: string, eventId: string, how?: { readonly purge?: boolean }): CalendarChange;
  /** Into another calendar of the mailbox, or back from wherever it is; an occurrence takes its series along. */
  moveEvent(userId: string, eventId: string, to: 'default' | 'other'): CalendarChange;
  /** Whether this id names something in another mailbox of the tenant. */
  isOfAnother(userId: string, eventId: string): boolean;
  /** Called after every edit, synchronously. */
  onChange(listener: (change: CalendarChange) => void): void;
}
