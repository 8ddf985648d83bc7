import { AppError } from '../../kernel/app-error.js';
import { emailKeyOf } from '../../projection/email-address.js';
import { FIELD_TARGETS, type Fields } from '../../projection/types.js';
import { withStatusKept } from '../apply-changes.js';
import type { LedgerRow, MembershipRow, UserRow } from '../types.js';

/** The part of a ledger entry that an act decides; the rest is the same for all of its entries. */
export type ActEntry = Pick<LedgerRow, 'kind' | 'why'> &
  Partial<Pick<LedgerRow, 'field' | 'teamId' | 'activityId' | 'before' | 'after' | 'taking'>>;

/** A person after an act, with what to write down about it. No entries: the act changed nothing. */
export interface Act {
  readonly user: UserRow;
  readonly entries: readonly ActEntry[];
}

/** What somebody wants to change on a person; what is left out stays. */
export interface PersonEdit {
  readonly fields?: Partial<Fields>;
  readonly addTeams?: readonly string[];
  readonly removeTeams?: readonly string[];
  readonly isAccountAdmin?: boolean;
}

/**
 * A membership as the ledger tells of an act by hand. The sync's own entries name only the justifying mappings, as a
 * list; null stands for not being in the team.
 */
type MembershipFacts = Omit<MembershipRow, 'teamId'> | null;

const BY_HAND = 'changed by hand';

export function edited(user: UserRow, edit: PersonEdit, now: Date): Act {
  const entries: ActEntry[] = [];
  let next: UserRow = user;
  for (const field of FIELD_TARGETS) {
    const after = edit.fields?.[field];
    const before = next[field];
    if (after === undefined || after === before) continue;
    next = { ...next, [field]: after };
    const taking = after === null ? ('clear' as const) : null;
    entries.push({
      kind: 'update',
      field,
      before,
      after,
      why: BY_HAND,
      taking: field === 'email' ? 'email_change' : taking,
    });
  }
  if (edit.isAccountAdmin !== undefined && edit.isAccountAdmin !== next.isAccountAdmin) {
    const [before, after] = [{ isAccountAdmin: next.isAccountAdmin }, { isAccountAdmin: edit.isAccountAdmin }];
    next = { ...next, ...after };
    entries.push({ kind: 'update', before, after, why: BY_HAND });
  }
  for (const teamId of edit.addTeams ?? []) next = joined(next, teamId, entries);
  for (const teamId of edit.removeTeams ?? []) next = left(next, teamId, entries);
  return finish(user, next, { entries, now });
}

export function withLeader(user: UserRow, { teamId, on }: { teamId: string; on: boolean }, now: Date): Act {
  const entries: ActEntry[] = [];
  // Whoever is in the team already goes on being there for the reasons that put them there.
  const isIn = user.memberships.some((each) => each.teamId === teamId);
  const member = on && !isIn ? joined(user, teamId, entries) : user;
  const membership = member.memberships.find((each) => each.teamId === teamId);
  if (!membership) throw notInTeam(teamId);
  if (membership.isLeader === on) return finish(user, member, { entries, now });
  const after = { ...membership, isLeader: on };
  const why = on ? 'made leader by hand' : 'leader no more, by hand';
  entries.push({ kind: 'update', teamId, before: factsOf(membership), after: factsOf(after), why });
  return finish(user, withMembership(member, after), { entries, now });
}

export function archived(user: UserRow, now: Date): Act {
  if (user.status === 'archived') {
    // An administrator's word goes above the sync's: from now on the sync does not restore this person by itself.
    if (user.archivedReason === 'admin') return { user, entries: [] };
    const entry = {
      kind: 'archive',
      before: 'archived',
      after: 'admin',
      why: 'archived by hand',
      taking: null,
    } as const;
    return { user: { ...user, archivedReason: 'admin', updatedAt: now }, entries: [entry] };
  }
  const { emailKey: freed, ...rest } = withStatusKept(user);
  const next: UserRow = {
    ...rest,
    status: 'archived',
    archivedReason: 'admin',
    archivedAt: now,
    formerEmailKey: freed ?? user.formerEmailKey,
    updatedAt: now,
  };
  const why = 'archived by hand';
  return { user: next, entries: [{ kind: 'archive', before: user.status, after: 'admin', why, taking: 'archive' }] };
}

export function restored(user: UserRow, now: Date): Act {
  if (user.status !== 'archived') return { user, entries: [] };
  const { statusBeforeArchive: status = 'active', ...rest } = user;
  const live: UserRow = {
    ...rest,
    status,
    archivedReason: null,
    archivedAt: null,
    formerEmailKey: null,
    updatedAt: now,
  };
  const entry = { kind: 'restore', before: 'archived', after: status, why: 'restored by hand' } as const;
  return { user: withEmailKey(live), entries: [entry] };
}

function finish(user: UserRow, next: UserRow, { entries, now }: { entries: readonly ActEntry[]; now: Date }): Act {
  if (entries.length === 0) return { user, entries };
  return { user: withEmailKey({ ...next, updatedAt: now }), entries };
}

/** The key under which the address is unique; archived people leave theirs to others. */
export function withEmailKey(user: UserRow): UserRow {
  const { emailKey: _old, ...rest } = user;
  const key = user.email === null ? null : emailKeyOf(user.email);
  if (user.status === 'archived') return { ...rest, formerEmailKey: key ?? user.formerEmailKey };
  return key === null ? rest : { ...rest, emailKey: key };
}

function joined(user: UserRow, teamId: string, entries: ActEntry[]): UserRow {
  const present = user.memberships.find((membership) => membership.teamId === teamId);
  if (present?.manual) return user;
  const after = { ...(present ?? { teamId, isLeader: false, mappingIds: [] }), manual: true };
  const before: MembershipFacts = present ? factsOf(present) : null;
  entries.push({ kind: 'join', teamId, before, after: factsOf(after), why: 'put into the team by hand' });
  return withMembership(user, after);
}

/** Takes away what somebody gave by hand; a membership that a mapping justifies stays for as long as the mapping does. */
function left(user: UserRow, teamId: string, entries: ActEntry[]): UserRow {
  const present = user.memberships.find((membership) => membership.teamId === teamId);
  if (!present) throw notInTeam(teamId);
  if (!present.manual) throw byMapping(teamId);
  const stays = present.mappingIds.length > 0;
  const after = stays ? { ...present, manual: false } : null;
  const why = 'taken out of the team by hand';
  const taking = stays ? null : ('team_removal' as const);
  entries.push({ kind: 'leave', teamId, before: factsOf(present), after: after && factsOf(after), why, taking });
  if (after) return withMembership(user, after);
  return { ...user, memberships: user.memberships.filter((membership) => membership !== present) };
}

function withMembership(user: UserRow, membership: MembershipRow): UserRow {
  const others = user.memberships.filter(({ teamId }) => teamId !== membership.teamId);
  if (others.length === user.memberships.length) return { ...user, memberships: [...others, membership] };
  const memberships = user.memberships.map((each) => (each.teamId === membership.teamId ? membership : each));
  return { ...user, memberships };
}

function factsOf({ isLeader, manual, mappingIds }: MembershipRow): MembershipFacts {
  return { isLeader, manual, mappingIds };
}

function notInTeam(teamId: string): AppError {
  return new AppError('not_in_team', `This person is not in the team ${teamId}.`, { status: 409, field: 'team' });
}

function byMapping(teamId: string): AppError {
  const text =
    `This person is in the team ${teamId} through Team Mappings. Take the person out of the Entra group, or remove ` +
    'the mapping.';
  return new AppError('membership_by_mapping', text, { status: 409, field: 'team' });
}
