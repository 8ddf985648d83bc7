import { FIELD_TARGETS, type FieldTarget } from '../../projection/types.js';
import { type Act, type ActEntry, restored, withEmailKey } from '../people/person-acts.js';
import type { MembershipRow, UserRow } from '../types.js';

export interface Merge {
  /** The profile that stays. */
  readonly kept: UserRow;
  /** The record that the sync made for the directory person, where there is one: it goes to the archive. */
  readonly own: UserRow | null;
  readonly link: { readonly tenantId: string; readonly objectId: string };
  /** Teams of the kept profile's organisation: only of these it can be a member. */
  readonly homeTeams: ReadonlySet<string>;
  readonly now: Date;
}

export interface Merged {
  readonly kept: Act;
  readonly own: Act | null;
}

/** Why both profiles are one from now on, in words. */
export const WHY = 'merged by support: both profiles are one person';

/**
 * One profile out of two (S37): the kept one is linked to the directory person, comes back where it was archived, and
 * gets what only the other one has. Its own values stay until the sync brings those of Entra.
 */
export function merged(merge: Merge): Merged {
  const { kept, own, link, now } = merge;
  const revived = restored(kept, now);
  const entries: ActEntry[] = revived.entries.map((entry) => ({ ...entry, why: WHY }));
  const linked = { ...link, linkedBy: 'support_merge', linkedAt: now } as const;
  const given = own === null ? NOTHING_GIVEN : fieldsOf(revived.user, own);
  entries.push({ kind: 'link', before: linkFacts(kept), after: link, why: WHY });
  entries.push(...given.entries);
  const rights = own?.isAccountAdmin === true && !kept.isAccountAdmin;
  if (rights) {
    const [before, after] = [{ isAccountAdmin: false }, { isAccountAdmin: true }];
    entries.push({ kind: 'update', before, after, why: WHY });
  }
  const memberships = own === null ? kept.memberships : joinedMemberships(merge, entries);
  const user: UserRow = withEmailKey({
    ...revived.user,
    ...given.fields,
    memberships,
    isAccountAdmin: kept.isAccountAdmin || rights,
    entra: { ...linked, lastSynced: given.lastSynced },
    updatedAt: now,
  });
  return { kept: { user, entries }, own: own && retired(own, now) };
}

/** The second record as history: archived, without address and link. It keeps its teams, which are its past. */
function retired(own: UserRow, now: Date): Act {
  const { emailKey, entra: _link, ...rest } = own;
  const user: UserRow = {
    ...rest,
    status: 'archived',
    archivedReason: 'support_merge',
    archivedAt: own.archivedAt ?? now,
    formerEmailKey: emailKey ?? own.formerEmailKey,
    updatedAt: now,
  };
  const entries: ActEntry[] = [
    { kind: 'archive', before: own.status, after: 'support_merge', why: WHY },
    { kind: 'link', before: linkFacts(own), after: null, why: WHY },
  ];
  return { user, entries };
}

interface Given {
  readonly fields: Partial<Record<FieldTarget, string | null>>;
  readonly lastSynced: Partial<Record<FieldTarget, string | null>>;
  readonly entries: readonly ActEntry[];
}

const NOTHING_GIVEN: Given = { fields: {}, lastSynced: {}, entries: [] };

/** Fields that are blank on the kept profile, with what Entra gave of them, so that the sync may take that back. */
function fieldsOf(kept: UserRow, own: UserRow): Given {
  const fields: Partial<Record<FieldTarget, string | null>> = {};
  const lastSynced: Partial<Record<FieldTarget, string | null>> = {};
  const entries: ActEntry[] = [];
  for (const field of FIELD_TARGETS) {
    const value = own[field];
    if (kept[field] !== null || value === null) continue;
    fields[field] = value;
    const last = own.entra?.lastSynced[field];
    if (last !== undefined) lastSynced[field] = last;
    entries.push({ kind: 'update', field, before: null, after: value, why: WHY });
  }
  return { fields, lastSynced, entries };
}

/** Memberships of both, with the reasons of both; those of an archived record count for nothing any more. */
function joinedMemberships({ kept, own, homeTeams }: Merge, entries: ActEntry[]): MembershipRow[] {
  const byTeam = new Map(kept.memberships.map((membership) => [membership.teamId, membership]));
  for (const theirs of own?.status === 'archived' ? [] : (own?.memberships ?? [])) {
    const { teamId } = theirs;
    if (!homeTeams.has(teamId)) continue;
    const before = byTeam.get(teamId);
    const after = before ? bothOf(before, theirs) : theirs;
    if (before && JSON.stringify(before) === JSON.stringify(after)) continue;
    byTeam.set(teamId, after);
    entries.push({
      kind: 'join',
      teamId,
      before: before ? membershipFacts(before) : null,
      after: membershipFacts(after),
      why: WHY,
    });
  }
  return [...byTeam.values()];
}

function bothOf(a: MembershipRow, b: MembershipRow): MembershipRow {
  return {
    teamId: a.teamId,
    isLeader: a.isLeader || b.isLeader,
    manual: a.manual || b.manual,
    mappingIds: [...new Set([...a.mappingIds, ...b.mappingIds])].sort(),
  };
}

function membershipFacts({ isLeader, manual, mappingIds }: MembershipRow): Omit<MembershipRow, 'teamId'> {
  return { isLeader, manual, mappingIds };
}

function linkFacts({ entra }: UserRow): Merge['link'] | null {
  return entra ? { tenantId: entra.tenantId, objectId: entra.objectId } : null;
}
