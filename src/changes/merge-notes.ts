import { changeId, RANK } from './change-document.js';
import {
  type ChangeVia,
  type LifecycleEvent,
  MEMBER_HINTS_KEPT,
  type Note,
  SEEN_EVENTS_KEPT,
  type SeenEvent,
} from './types.js';

/** All notes of one call about one thing. */
export interface MergedNote {
  readonly id: string;
  /** The last of them, for what only one can say. */
  readonly last: Note;
  readonly notified: number;
  readonly rank: number;
  readonly byGraph: boolean;
  readonly removed: boolean;
  readonly named: boolean;
  readonly unhinted: boolean;
  readonly memberIds: readonly string[];
  readonly seen: readonly SeenEvent[];
  readonly unseen: boolean;
  readonly lifecycle: readonly LifecycleEvent[];
  readonly round: number | undefined;
  readonly traceId: string | undefined;
  readonly runId: string | undefined;
  readonly subscriptionId: string | undefined;
  readonly dueAt: Date | undefined;
  readonly toldAt: Date | undefined;
}

/** Merges notes per thing, so that a bulk names each document once. */
export function mergeNotes(notes: readonly Note[]): readonly MergedNote[] {
  const byId = new Map<string, Note[]>();
  for (const note of notes) {
    const id = changeId(note);
    const sameThing = byId.get(id);
    if (sameThing === undefined) byId.set(id, [note]);
    else sameThing.push(note);
  }
  return [...byId].map(([id, sameThing]) => mergeSameThing(id, sameThing));
}

function mergeSameThing(id: string, notes: readonly Note[]): MergedNote {
  let notified = 0;
  let last: Note | undefined;
  let byGraph = false;
  let removed = false;
  let named = false;
  let unhinted = false;
  let round: number | undefined;
  let traceId: string | undefined;
  let runId: string | undefined;
  let subscriptionId: string | undefined;
  const memberIds = new Set<string>();
  const lifecycle = new Set<LifecycleEvent>();

  for (const note of notes) {
    notified += note.notified;
    byGraph ||= note.via === 'notification';
    removed ||= note.removed === true;
    named ||= note.named === true;
    unhinted ||= note.kind === 'group' && note.memberIds === undefined;
    // One more than is kept says "too many"; more than that would say nothing new.
    for (const memberId of note.memberIds ?? []) if (memberIds.size <= MEMBER_HINTS_KEPT) memberIds.add(memberId);
    if (note.lifecycle !== undefined) lifecycle.add(note.lifecycle);
    if (note.round !== undefined) round = Math.min(round ?? note.round, note.round);
    traceId = note.traceId ?? traceId;
    runId = note.runId ?? runId;
    subscriptionId = note.subscriptionId ?? subscriptionId;
    // Among notes of one moment Graph's own is the cause that the ledger should name.
    if (last?.via !== 'notification' || note.via === 'notification') last = note;
  }
  if (last === undefined) throw new Error('There is no note to merge.');
  const rank = removed ? RANK.removed : byGraph ? RANK.notified : RANK.other;
  const dueAt = earliest(notes.map((note) => note.dueAt ?? null));
  const toldAt = earliest(notes.flatMap((note) => note.toldAt ?? []));
  const merged = { id, last, notified, rank, byGraph, removed, named, unhinted, round, traceId, runId, subscriptionId };
  return { ...merged, ...seenIn(notes), dueAt, toldAt, memberIds: [...memberIds], lifecycle: [...lifecycle] };
}

/** Undefined where there is none, or where one of them is at no certain time. */
function earliest(times: readonly (Date | null)[]): Date | undefined {
  const known = times.flatMap((time) => time ?? []);
  if (known.length === 0 || known.length < times.length) return undefined;
  return new Date(Math.min(...known.map((time) => time.getTime())));
}

/** Like members: one more than is kept says "too many". */
function seenIn(notes: readonly Note[]): Pick<MergedNote, 'seen' | 'unseen'> {
  const seen = notes.flatMap(({ seen: event }) => (event === undefined ? [] : [event]));
  const unseen = notes.some((note) => note.kind === 'events' && note.seen === undefined);
  return { seen: unseen ? [] : seen.slice(0, SEEN_EVENTS_KEPT + 1), unseen };
}

/** Somebody in GetHomeSafe, or something that they did, wants a person of the directory looked at anew. */
export function manualNote({ tenantId, objectId }: Pick<Note, 'tenantId' | 'objectId'>): Note {
  return { tenantId, objectId, kind: 'user', via: 'manual', notified: 0 };
}

/** Somebody's calendar is to be looked at. */
export function calendarNote({ tenantId, objectId }: Pick<Note, 'tenantId' | 'objectId'>, via: ChangeVia): Note {
  return { tenantId, objectId, kind: 'events', via, notified: 0 };
}
