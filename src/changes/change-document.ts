import type { ChangeKind, ChangeRow, LifecycleEvent, SeenEvent } from './types.js';
import { MEMBER_HINTS_KEPT } from './types.js';

/** Collection of open and parked changes. */
export const CHANGES = 'changes';
/** Collection with one document a tenant: how many accepted items ended with which outcome. */
export const CHANGE_OUTCOMES = 'changeOutcomes';

/** Order in which kinds of change are taken: what is gone, what Graph told us, everything else. */
export const RANK = { removed: 0, notified: 1, other: 2 } as const;

/** A change as it is stored: what was never said is absent. */
export interface ChangeDocument {
  _id: string;
  tenantId: string;
  kind: ChangeKind;
  objectId: string;
  mark: string;
  notified: number;
  via: ChangeRow['via'];
  /** The lowest `RANK` of its notes. */
  rank: number;
  removed?: true;
  /** Up to one more than `MEMBER_HINTS_KEPT`; the same person may be named by several notes. */
  memberIds?: string[];
  unhinted?: true;
  lifecycle?: LifecycleEvent[];
  /** Up to one more than `SEEN_EVENTS_KEPT`; goes with the document. */
  seen?: SeenEvent[];
  /** A note about a calendar came without the event. */
  unseen?: true;
  subscriptionId?: string;
  openedAt: Date;
  notedAt: Date;
  notifiedAt?: Date;
  toldAt?: Date;
  named?: true;
  dueAt: Date;
  attempts: number;
  traceId?: string;
  runId?: string;
  round?: number;
  parked: ChangeRow['parked'];
  /** The same as `parked !== null`, in a form that an index can lead with. */
  isParked: boolean;
}

/** Outcome counters of one tenant, in accepted items. */
export interface OutcomeDocument {
  _id: string;
  applied?: number;
  unchanged?: number;
  outOfScope?: number;
  held?: number;
}

/** The id of the one document for a thing. */
export function changeId(of: { tenantId: string; kind: ChangeKind; objectId: string }): string {
  return `${of.tenantId}:${of.kind}:${of.objectId}`;
}

export function rowOf(stored: ChangeDocument): ChangeRow {
  return {
    _id: stored._id,
    tenantId: stored.tenantId,
    kind: stored.kind,
    objectId: stored.objectId,
    mark: stored.mark,
    notified: stored.notified,
    via: stored.via,
    removed: stored.removed ?? false,
    memberIds: hintsOf(stored.memberIds ?? []),
    unhinted: stored.unhinted ?? false,
    lifecycle: stored.lifecycle ?? [],
    seen: allSeen(stored),
    subscriptionId: stored.subscriptionId ?? null,
    openedAt: stored.openedAt,
    notedAt: stored.notedAt,
    notifiedAt: stored.notifiedAt ?? null,
    toldAt: stored.toldAt ?? null,
    named: stored.named === true || stored.notifiedAt !== undefined,
    dueAt: stored.dueAt,
    attempts: stored.attempts,
    traceId: stored.traceId ?? null,
    runId: stored.runId ?? null,
    round: stored.round ?? null,
    parked: stored.parked,
  };
}

/** Only where every single item was seen: one without, one too many, or a note of another origin, and nothing is known. */
function allSeen({ seen = [], unseen, notified }: ChangeDocument): readonly SeenEvent[] | null {
  return unseen !== true && seen.length > 0 && seen.length === notified ? seen : null;
}

/** An overflow stays visible by its length, whatever repeats in it. */
function hintsOf(memberIds: readonly string[]): readonly string[] {
  return memberIds.length > MEMBER_HINTS_KEPT ? memberIds : [...new Set(memberIds)];
}
