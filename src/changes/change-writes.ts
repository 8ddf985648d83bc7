import type { AnyBulkWriteOperation } from 'mongodb';
import type { ChangeDocument } from './change-document.js';
import type { MergedNote } from './merge-notes.js';
import { MEMBER_HINTS_KEPT, SEEN_EVENTS_KEPT } from './types.js';

export type ChangeWrite = AnyBulkWriteOperation<ChangeDocument>;

/** What every note sets anew: its mark and its instant. */
export interface Stamp {
  readonly now: Date;
  readonly mark: string;
}

/** The write that notes a thing, whether its change is open already or not. */
export function upsertOf(merged: MergedNote, stamp: Stamp): ChangeWrite {
  return {
    // The id is unique, so "many" is one. Unlike `updateOne` it is not a retryable write, for which the server keeps a
    // record of each statement at almost twice the price (measured); a repeated note does no harm.
    updateMany: {
      filter: { _id: merged.id },
      upsert: true,
      update: {
        $setOnInsert: identityOf(merged, stamp),
        $set: alwaysSet(merged, stamp),
        $inc: { notified: merged.notified },
        // An earlier `dueAt` keeps its place: what is noted again and again must not starve at the end of the line.
        // An older round goes on waiting, and what was told first is what the time is taken from, because nothing was read since.
        $min: leastOf(merged, stamp),
        ...pushOf(merged),
        ...(merged.lifecycle.length === 0 ? {} : { $addToSet: { lifecycle: { $each: [...merged.lifecycle] } } }),
      },
    },
  };
}

/** The same for a thing that has no open change: a third of the price, but refused if there is one after all. */
export function insertOf(merged: MergedNote, stamp: Stamp): ChangeWrite {
  return {
    insertOne: {
      document: {
        _id: merged.id,
        ...identityOf(merged, stamp),
        ...alwaysSet(merged, stamp),
        notified: merged.notified,
        ...leastOf(merged, stamp),
        ...(merged.memberIds.length === 0 ? {} : { memberIds: [...merged.memberIds] }),
        ...(merged.seen.length === 0 ? {} : { seen: [...merged.seen] }),
        ...(merged.lifecycle.length === 0 ? {} : { lifecycle: [...merged.lifecycle] }),
      },
    },
  };
}

function identityOf({ last }: MergedNote, { now }: Stamp) {
  return { tenantId: last.tenantId, kind: last.kind, objectId: last.objectId, openedAt: now };
}

/** What was not said this time is left out, so that what an earlier note said stays. */
function alwaysSet(merged: MergedNote, { now, mark }: Stamp) {
  return {
    mark,
    via: merged.last.via,
    notedAt: now,
    attempts: 0,
    parked: null,
    isParked: false,
    ...(merged.byGraph ? { notifiedAt: now } : {}),
    ...(merged.removed ? { removed: true as const } : {}),
    ...(merged.named ? { named: true as const } : {}),
    ...(merged.unhinted ? { unhinted: true as const } : {}),
    ...(merged.unseen ? { unseen: true as const } : {}),
    ...(merged.traceId === undefined ? {} : { traceId: merged.traceId }),
    ...(merged.runId === undefined ? {} : { runId: merged.runId }),
    ...(merged.subscriptionId === undefined ? {} : { subscriptionId: merged.subscriptionId }),
  };
}

function pushOf({ memberIds, seen }: MergedNote) {
  if (memberIds.length > 0) return { $push: { memberIds: { $each: [...memberIds], $slice: MEMBER_HINTS_KEPT + 1 } } };
  return seen.length > 0 ? { $push: { seen: { $each: [...seen], $slice: SEEN_EVENTS_KEPT + 1 } } } : {};
}

function leastOf(merged: MergedNote, { now }: Stamp) {
  const toldAt = merged.toldAt ?? (merged.byGraph ? now : undefined);
  return {
    rank: merged.rank,
    dueAt: merged.dueAt ?? now,
    ...(toldAt === undefined ? {} : { toldAt }),
    ...(merged.round === undefined ? {} : { round: merged.round }),
  };
}
