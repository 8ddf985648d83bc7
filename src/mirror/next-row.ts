import { sameValue } from '../kernel/same-value.js';
import type { Attributes, FieldSource } from '../projection/types.js';
import { type PastValue, type PersonRow, rowId, type Ticket } from './types.js';

/** What one read said of one person. */
export type Seen =
  | { readonly state: 'present'; readonly attributes: Attributes; readonly groupIds: readonly string[] }
  | { readonly state: 'soft_deleted' }
  | { readonly state: 'absent' }
  /** Mailbox settings alone: laid over whatever the row holds; undefined keeps, null is empty at the source. */
  | {
      readonly state: 'mailbox';
      readonly timeZone: string | null | undefined;
      readonly userPurpose: string | undefined;
      /** Whether Exchange said that there is no mailbox; undefined where it said nothing about that. */
      readonly hasNoMailbox?: boolean | undefined;
      /** When to ask for them again. */
      readonly dueAt: Date;
    };

export interface ReadMoment {
  readonly ticket: Ticket;
  readonly at: Date;
  /** How long Graph's replicas may lag: past values are kept that long (law L7). */
  readonly lagMs: number;
}

/** A row for somebody who is in scope but has not been read. */
export function unreadRow(tenantId: string, objectId: string): PersonRow {
  return {
    _id: rowId(tenantId, objectId),
    tenantId,
    objectId,
    state: 'unread',
    attributes: null,
    groupIds: [],
    groupIdsInEffect: [],
    ticket: { epoch: 0, number: 0 },
    readAt: null,
    wantedEmailKey: null,
    ripening: null,
    absentSince: null,
    look: null,
    mailboxDueAt: null,
    past: [],
    waitsFor: [],
    notifiedAt: null,
  };
}

/** The row after a read: what was seen, with the values that it replaced remembered for as long as replicas may lag. */
export function nextRow(row: PersonRow, seen: Seen, moment: ReadMoment): PersonRow {
  if (seen.state === 'mailbox') return withMailbox(row, seen);
  const base = { ...row, ticket: moment.ticket, readAt: moment.at, past: pastAfter(row, seen, moment) };
  switch (seen.state) {
    case 'present':
      return {
        ...base,
        state: 'present',
        attributes: keepUnread(seen.attributes, row.attributes),
        groupIds: [...seen.groupIds].sort(),
        absentSince: null,
        // Soon for somebody new, and for somebody back, whose mailbox was gone meanwhile.
        ...(row.state === 'present' ? {} : { mailboxDueAt: moment.at, cameAt: moment.at }),
      };
    case 'soft_deleted':
      return { ...base, state: 'soft_deleted', absentSince: null, mailboxDueAt: null };
    case 'absent':
      return { ...base, state: 'absent', absentSince: row.absentSince ?? moment.at, mailboxDueAt: null };
  }
}

function withMailbox(row: PersonRow, seen: Seen & { state: 'mailbox' }): PersonRow {
  // Gone meanwhile: the mailbox is asked for again when they are back.
  if (row.state === 'soft_deleted' || row.state === 'absent') return { ...row, mailboxDueAt: null };
  if (!row.attributes) return { ...row, mailboxDueAt: seen.dueAt };
  const values = { ...row.attributes.values };
  if (seen.timeZone !== undefined) values['mailboxSettings.timeZone'] = seen.timeZone;
  const userPurpose = seen.userPurpose ?? row.attributes.userPurpose;
  const { hasNoMailbox: had, ...attributes } = row.attributes;
  const hasNone = seen.hasNoMailbox ?? had === true;
  const mailbox = { values, userPurpose, ...(hasNone ? { hasNoMailbox: true } : {}) };
  return { ...row, attributes: { ...attributes, ...mailbox }, mailboxDueAt: seen.dueAt };
}

/** Whether two rows say the same of the person, whatever their tickets and times. */
export function sameContent(a: PersonRow, b: PersonRow): boolean {
  return (
    a.state === b.state &&
    a.wantedEmailKey === b.wantedEmailKey &&
    sameAttributes(a.attributes, b.attributes) &&
    sameValue(a.groupIds, b.groupIds) &&
    sameValue(a.groupIdsInEffect, b.groupIdsInEffect) &&
    sameValue(a.ripening, b.ripening) &&
    sameValue(a.absentSince, b.absentSince) &&
    sameValue(a.waitsFor, b.waitsFor)
  );
}

function sameAttributes(a: Attributes | null, b: Attributes | null): boolean {
  if (a === null || b === null) return a === b;
  const { userPurpose: purposeA, ...restA } = a;
  const { userPurpose: purposeB, ...restB } = b;
  // Stored as null where it was never known.
  return (purposeA ?? null) === (purposeB ?? null) && sameValue(restA, restB);
}

/** An attribute that this read did not ask for keeps what was known. */
function keepUnread(now: Attributes, before: Attributes | null): Attributes {
  if (!before) return now;
  const unread = (Object.keys(before.values) as FieldSource[]).filter(
    (source) => before.values[source] !== undefined && now.values[source] === undefined,
  );
  const restored = Object.fromEntries(unread.map((source) => [source, before.values[source]]));
  const values = unread.length === 0 ? now.values : { ...now.values, ...restored };
  const kept = { values, userPurpose: now.userPurpose ?? before.userPurpose };
  return { ...now, ...kept, ...(before.hasNoMailbox ? { hasNoMailbox: true } : {}) };
}

function pastAfter(row: PersonRow, seen: Seen, { at, lagMs }: ReadMoment): PastValue[] {
  const recent = row.past.filter((value) => at.getTime() - value.at.getTime() < lagMs);
  if (lagMs === 0 || row.state !== 'present' || seen.state !== 'present' || !row.attributes) return recent;
  const before = valuesOf(row.attributes, row.groupIds);
  const after = valuesOf(keepUnread(seen.attributes, row.attributes), seen.groupIds);
  const changed: PastValue[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const value = before.get(key) ?? null;
    if (value !== (after.get(key) ?? null)) changed.push({ key, value, at });
  }
  const keys = new Set(changed.map((value) => value.key));
  return [...recent.filter((value) => !keys.has(value.key)), ...changed];
}

function valuesOf(attributes: Attributes, groupIds: readonly string[]): Map<string, string | null> {
  const values = new Map<string, string | null>([['enabled', String(attributes.accountEnabled)]]);
  for (const [source, value] of Object.entries(attributes.values)) values.set(`field:${source}`, value ?? null);
  for (const groupId of groupIds) values.set(`group:${groupId}`, 'in');
  return values;
}

/**
 * Until when takings have to wait because this read goes back to values the row held within the last lag, or null.
 * A read that goes back may come from a replica that is behind (law L7).
 */
export function wentBackUntil(row: PersonRow, seen: Seen, { at, lagMs }: ReadMoment): Date | null {
  if (seen.state !== 'present' || row.past.length === 0) return null;
  const now = valuesOf(seen.attributes, seen.groupIds);
  let until: number | null = null;
  for (const past of row.past) {
    const end = past.at.getTime() + lagMs;
    if (end > at.getTime() && (now.get(past.key) ?? null) === past.value) until = Math.max(until ?? 0, end);
  }
  return until === null ? null : new Date(until);
}
