/** What a change is about. `events` is one mailbox's calendar. */
export type ChangeKind = 'user' | 'group' | 'events';

/** Who said that something may have changed. Only `notification` counts as accepted (law L5). */
export type ChangeVia = 'notification' | 'catch_up' | 'run' | 'fan_out' | 'look' | 'manual' | 'recheck';

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
  /** Follows the change from the POST to the ledger. */
  readonly traceId?: string;
  /** Full run that noted it. */
  readonly runId?: string;
  /** Catch-up round that noted it. */
  readonly round?: number;
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
  readonly memberIds: readonly string[];
  readonly openedAt: Date;
  readonly notedAt: Date;
  /** Last note that came from Graph itself, null where none did since it was opened. */
  readonly notifiedAt: Date | null;
  readonly dueAt: Date;
  readonly attempts: number;
  readonly traceId: string | null;
  readonly runId: string | null;
  readonly round: number | null;
  /** Set aside after repeated failure; not in `open`. */
  readonly parked: { readonly code: string; readonly message: string; readonly at: Date } | null;
}

/** At most this many member hints are kept on a change; one more means "too many, look with delta". */
export const MEMBER_HINTS_KEPT = 200;

export type Outcome = 'applied' | 'unchanged' | 'outOfScope' | 'held';

export interface ChangeStats {
  readonly accepted: number;
  readonly open: number;
  readonly parked: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly outOfScope: number;
  readonly held: number;
}
