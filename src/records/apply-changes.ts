import type { FieldTarget, PlannedChange, PresentRecord, TakingKind } from '../projection/types.js';
import type { ActivityEntry } from './activities/activity-acts.js';
import { ledgerRows, type WrittenAbout } from './ledger-rows.js';
import type { Cause, LedgerRow, UserRow } from './types.js';

/** A change that is going to be written, with the guard kind where it takes something away. */
export interface AcceptedChange {
  readonly change: PlannedChange;
  readonly taking: TakingKind | null;
  /** Somebody approved the taking: it does not count for the guard (law L12). */
  readonly approved: boolean;
}

export interface ApplyContext {
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly objectId: string;
  readonly now: Date;
  readonly lastSynced: Readonly<Partial<Record<FieldTarget, string | null>>>;
  newId(): string;
  emailKeyOf(email: string): string | null;
}

/** The user after the changes; a user that nothing changes comes back as it was, but for what Entra gave last. */
export function applyChanges(
  user: UserRow | null,
  accepted: readonly AcceptedChange[],
  context: ApplyContext,
): UserRow | null {
  let next = user;
  for (const { change } of accepted) next = applyChange(next, change, context);
  if (!next?.entra) return next;
  const lastSynced = { ...next.entra.lastSynced, ...context.lastSynced };
  return { ...next, entra: { ...next.entra, lastSynced }, updatedAt: next === user ? next.updatedAt : context.now };
}

function applyChange(user: UserRow | null, change: PlannedChange, context: ApplyContext): UserRow {
  if (change.kind === 'create') return newUser(change, context);
  if (!user) throw new Error(`planned ${change.kind} for a person without a record`);
  switch (change.kind) {
    case 'update':
      return change.field === 'email'
        ? withEmail(user, change.after, context)
        : { ...user, [change.field]: change.after };
    case 'join':
      return { ...user, memberships: withMapping(user, change.teamId, change.after) };
    case 'leave':
      return { ...user, memberships: user.memberships.filter(({ teamId }) => teamId !== change.teamId) };
    case 'archive': {
      const { emailKey, ...rest } = withStatusKept(user);
      const archived = { status: 'archived', archivedReason: change.reason, archivedAt: context.now } as const;
      return { ...rest, ...archived, formerEmailKey: emailKey ?? user.formerEmailKey };
    }
    case 'restore': {
      const { statusBeforeArchive: _, ...rest } = user;
      const unarchived = { archivedReason: null, archivedAt: null, formerEmailKey: null } as const;
      return withEmail({ ...rest, ...unarchived, status: change.after }, user.email, context);
    }
  }
}

/** Remembers what somebody was, for the day on which the profile comes back. */
export function withStatusKept(user: UserRow): UserRow {
  return user.status === 'archived' ? user : { ...user, statusBeforeArchive: user.status };
}

function newUser(change: PlannedChange & { kind: 'create' }, context: ApplyContext): UserRow {
  const { enterpriseId, tenantId, objectId, now } = context;
  const key = change.after.email === null ? null : context.emailKeyOf(change.after.email);
  return {
    _id: context.newId(),
    enterpriseId,
    organisationId: change.organisationId,
    status: 'invited',
    archivedReason: null,
    archivedAt: null,
    origin: 'entra',
    isAccountAdmin: false,
    ...(key === null ? {} : { emailKey: key }),
    formerEmailKey: null,
    ...change.after,
    memberships: [],
    entra: { tenantId, objectId, linkedBy: 'sync', linkedAt: now, lastSynced: {} },
    createdAt: now,
    updatedAt: now,
  };
}

function withEmail(user: UserRow, email: string | null, context: ApplyContext): UserRow {
  const { emailKey: _former, ...rest } = user;
  const key = email === null ? null : context.emailKeyOf(email);
  return key === null ? { ...rest, email } : { ...rest, email, emailKey: key };
}

function withMapping(user: UserRow, teamId: string, mappingIds: readonly string[]): UserRow['memberships'] {
  const present = user.memberships.find((membership) => membership.teamId === teamId);
  if (!present) return [...user.memberships, { teamId, isLeader: false, manual: false, mappingIds }];
  return user.memberships.map((membership) => (membership === present ? { ...present, mappingIds } : membership));
}

export interface LedgerContext {
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly now: Date;
  readonly cause: Cause;
  newId(): string;
}

/** One ledger entry for each change: what undo works from and what answers "why?". */
export function ledgerEntries(
  { before, user }: { before: UserRow | null; user: UserRow },
  accepted: readonly AcceptedChange[],
  context: LedgerContext,
): LedgerRow[] {
  const entries = accepted.map(({ change, taking, approved }) => ({
    kind: change.kind,
    field: change.kind === 'update' ? change.field : null,
    teamId: 'teamId' in change ? change.teamId : null,
    before: 'before' in change ? change.before : null,
    after: afterOf(change),
    why: change.why,
    taking,
    ...(approved ? { approved } : {}),
    ...provenanceOf(before, change),
  }));
  return ledgerRows(entries, aboutWritten(user, context));
}

function afterOf(change: PlannedChange): unknown {
  switch (change.kind) {
    case 'archive':
      return change.reason;
    case 'leave':
      return null;
    case 'create':
    case 'update':
    case 'join':
    case 'restore':
      return change.after;
  }
}

/** Where the former value came from, for undo. */
function provenanceOf(before: UserRow | null, change: PlannedChange): Pick<LedgerRow, 'provenance'> {
  if (change.kind === 'create') return { provenance: { organisationId: change.organisationId } };
  if (before === null) return {};
  switch (change.kind) {
    case 'update': {
      const lastSynced = before.entra?.lastSynced[change.field];
      return lastSynced === undefined ? {} : { provenance: { lastSynced } };
    }
    case 'join':
    case 'leave': {
      const membership = before.memberships.find(({ teamId }) => teamId === change.teamId) ?? null;
      return { provenance: { membership } };
    }
    case 'restore':
      return { provenance: { archivedReason: before.archivedReason, archivedAt: before.archivedAt } };
    case 'archive':
      return {};
  }
}

/** The entries of activities that go with the person's changes: the same moment and cause. */
export function activityLedger(user: UserRow, entries: readonly ActivityEntry[], context: LedgerContext): LedgerRow[] {
  return ledgerRows(entries, aboutWritten(user, context));
}

function aboutWritten(
  { _id: userId }: UserRow,
  { now: at, enterpriseId, objectId, cause, newId }: LedgerContext,
): WrittenAbout {
  return { enterpriseId, userId, objectId, at, cause, newId };
}

/** The user as the rules see it. */
export function presentRecord(
  user: UserRow,
  { hasOpenActivity }: Pick<PresentRecord, 'hasOpenActivity'>,
): PresentRecord {
  const { email, firstName, lastName, mobilePhone, country, timeZone, statusBeforeArchive } = user;
  return {
    id: user._id,
    organisationId: user.organisationId,
    status: user.status,
    archivedReason: user.archivedReason,
    ...(statusBeforeArchive === undefined ? {} : { statusBeforeArchive }),
    fields: { email, firstName, lastName, mobilePhone, country, timeZone },
    lastSynced: user.entra?.lastSynced ?? {},
    memberships: user.memberships,
    isAccountAdmin: user.isAccountAdmin,
    hasOpenActivity,
  };
}
