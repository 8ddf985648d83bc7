/** What a change is about. `events` is one mailbox's calendar, `subscription` a lifecycle event of a subscription. */
export type ChangeKind = 'user' | 'group' | 'events' | 'subscription';

/**
 * What Graph says about a subscription itself; `unknown` is an authentic event with a name that is not documented.
 * Source: Microsoft Graph documentation, lifecycle events of change notifications.
 */
export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed' | 'unknown';

/** Who said that something may have changed. Only `notification` counts as accepted (law L5). */
export type ChangeVia = 'notification' | 'catch_up' | 'run' | 'fan_out' | 'look' | 'manual' | 'recheck';

/**
 * What a verified notification said of an event, as the mirror would keep it. Opaque here: the work on calendars wrote
 * it, by way of intake, and reads it.
 */
export type SeenEvent = Readonly<Record<string, unknown>>;

/** A hint that one thing may have changed. */
export interface Note {
  readonly tenantId: string;
  readonly kind: ChangeKind;
  readonly objectId: string;
  readonly via: ChangeVia;
  /** Items stored by intake that this note stands for; 0 for every other origin. */
  readonly notified: number;
  /** The hint says that the object is gone: it goes first. */
  readonly removed?: boolean;
  /** Group notes: ids named by `members@delta`; at most 200 are kept on the change. */
  readonly memberIds?: readonly string[];
  /** Subscription notes: the event that was told. */
  readonly lifecycle?: LifecycleEvent;
  /** Notes of calendars: the event, where the notification carried it and is verified. */
  readonly seen?: SeenEvent;
  /** Subscription that Graph named in the notification. */
  readonly subscriptionId?: string;
  /** Follows the change from the POST to the ledger. */
  readonly traceId?: string;
  /** Full run that noted it. */
  readonly runId?: string;
  /** Catch-up round that noted it. */
  readonly round?: number;
  /** When Graph told of what the note follows from; of a notification, now. */
  readonly toldAt?: Date;
  /** Graph named the person, as a member of a group that it told of. */
  readonly named?: boolean;
  /** Not before then, unless something else is noted of it meanwhile; now where left out. */
  readonly dueAt?: Date;
}

/** One document per thing: `_id` is `tenant:kind:object`. */
export interface ChangeRow {
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: ChangeKind;
  readonly objectId: string;
  /** Fresh and random with every note; closing needs the mark that was read (law L5). */
  readonly mark: string;
  /** Accepted items that this open change stands for. */
  readonly notified: number;
  readonly via: ChangeVia;
  readonly removed: boolean;
  /** Each once; more than `MEMBER_HINTS_KEPT` means that there were too many to keep. */
  readonly memberIds: readonly string[];
  /** A note of this group came without usable member hints: what `memberIds` names may not be all. */
  readonly unhinted: boolean;
  /** Lifecycle events told since the change was opened, each once. */
  readonly lifecycle: readonly LifecycleEvent[];
  /** Calendars: the event of every note since it was opened; null where one came without, or there were too many. */
  readonly seen: readonly SeenEvent[] | null;
  /** Subscription of the last notification, null where none was named. */
  readonly subscriptionId: string | null;
  readonly openedAt: Date;
  readonly notedAt: Date;
  /** Last note that came from Graph itself, null where none did since it was opened. */
  readonly notifiedAt: Date | null;
  /** When Graph first told of what is open, itself or by way of something else; null where it did not. */
  readonly toldAt: Date | null;
  /** Since it was opened Graph has told of it, or named it as a member of a group that it told of (law L7). */
  readonly named: boolean;
  readonly dueAt: Date;
  readonly attempts: number;
  readonly traceId: string | null;
  readonly runId: string | null;
  /** The oldest catch-up round that waits for this change. */
  readonly round: number | null;
  /** Set aside after repeated failure; not in `open`. */
  readonly parked: { readonly code: string; readonly message: string; readonly at: Date } | null;
}

/** At most this many member hints are kept on a change; one more means "too many, look with delta". */
export const MEMBER_HINTS_KEPT = 200;

/** At most so many events are kept on a change; beyond that the calendar is read. */
export const SEEN_EVENTS_KEPT = 20;

export type Outcome = 'applied' | 'unchanged' | 'outOfScope' | 'held';

/** Ends one change if it still bears the mark under which it was read. */
export interface Closing {
  readonly id: string;
  readonly mark: string;
  readonly outcome: Outcome;
}

/** Puts one change off to `dueAt`, if it still bears the mark. A parked one is open again. */
export interface Deferral {
  readonly id: string;
  readonly mark: string;
  readonly dueAt: Date;
  /** Left as it is when not given. */
  readonly attempts?: number;
  /** null: no run waits for it any more. Left as it is when not given. */
  readonly runId?: null;
}

/** Sets one change aside until `nextTryAt`, if it still bears the mark. */
export interface Parking {
  readonly id: string;
  readonly mark: string;
  readonly code: string;
  readonly message: string;
  readonly nextTryAt: Date;
}

/** Counts are of accepted items (`notified`), not of documents. */
export interface ChangeStats {
  readonly accepted: number;
  readonly open: number;
  readonly parked: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly outOfScope: number;
  readonly held: number;
}
