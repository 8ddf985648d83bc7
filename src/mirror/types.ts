import type { Attributes } from '../projection/types.js';

/**
 * Orders reads of one tenant (law L7). Drawn before the read begins; no clocks. `epoch` is the owner's, so that a
 * read of a former owner is older than any of its successor.
 */
export interface Ticket {
  readonly epoch: number;
  readonly number: number;
}

export function isOlder(a: Ticket, b: Ticket): boolean {
  return a.epoch === b.epoch ? a.number < b.number : a.epoch < b.epoch;
}

/** A value that a person's row showed until `at`: a read that goes back to it soon after may come from a slow replica. */
export interface PastValue {
  /** `field:SOURCE`, `group:ID` or `enabled`. */
  readonly key: string;
  readonly value: string | null;
  readonly at: Date;
}

/** What Entra said of a person when last read. Only people in scope have a row (law L10). */
export interface PersonRow {
  /** `tenant:object`. */
  readonly _id: string;
  readonly tenantId: string;
  readonly objectId: string;
  /** `unread`: known to be in scope, never read yet. */
  readonly state: 'unread' | 'present' | 'soft_deleted' | 'absent';
  readonly attributes: Attributes | null;
  /** Mapped groups as read. */
  readonly groupIds: readonly string[];
  /** Mapped groups in effect; moved by runs only where group changes take effect at the next sync. */
  readonly groupIdsInEffect: readonly string[];
  readonly ticket: Ticket;
  readonly readAt: Date | null;
  /** Address that the person should have, for finding rivals. */
  readonly wantedEmailKey: string | null;
  /** Since when takings have been seen without a break, and which (law L10). */
  readonly ripening: { readonly since: Date; readonly takings: readonly string[] } | null;
  readonly absentSince: Date | null;
  /** Next look: after a notified read that showed nothing new (law L7), or when a missed start keeps them no more. */
  readonly look: { readonly at: Date | null; readonly index: number } | null;
  /** When mailbox settings are to be read next; null: not asked for (no mailbox wanted, or not present). */
  readonly mailboxDueAt: Date | null;
  /** When they came, or came back; absent on older rows, whose people came long ago. */
  readonly cameAt?: Date;
  readonly past: readonly PastValue[];
  /** What the person waits for, such as `email:KEY` (law L6). */
  readonly waitsFor: readonly string[];
  readonly notifiedAt: Date | null;
}

export type GroupRowState = 'ok' | 'missing' | 'hidden' | 'unreadable';

/** A mapped group, or a group that lies below mapped ones. */
export interface GroupRow {
  /** `tenant:group`. */
  readonly _id: string;
  readonly tenantId: string;
  readonly groupId: string;
  readonly displayName: string | null;
  readonly state: GroupRowState;
  /** People below it when a run last read them; absent where none has. */
  readonly memberCount?: number;
  /** Mapped groups above this one; contains the group itself where it is mapped. */
  readonly above: readonly string[];
  readonly ticket: Ticket;
  /** When Graph last told of it; absent where it never did. */
  readonly notifiedAt?: Date;
}

export const PEOPLE = 'people';
export const GROUPS = 'groups';

export function rowId(tenantId: string, objectId: string): string {
  return `${tenantId}:${objectId}`;
}
