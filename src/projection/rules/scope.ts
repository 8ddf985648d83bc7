import type { Attributes, GroupState, ProjectionInput, SyncRules, TeamMapping, TeamState } from '../types.js';

/** A mapping that counts for a person: they are in its group, the group can be relied on, the team exists. */
export interface Placement {
  readonly mapping: TeamMapping;
  readonly team: TeamState;
}

/** What scope is judged by. A group that is missing from `groups` has not been read: no evidence either way. */
export type Ground = Pick<ProjectionInput, 'rules' | 'teams' | 'groups'>;

/** The mappings that put a person somewhere, in the order that decides between organisations (E3). */
export function placementsOf(groupIds: readonly string[], { rules, teams, groups }: Ground): Placement[] {
  const { byGroup } = mappingIndex(rules.mappings);
  const placements: Placement[] = [];
  for (const groupId of new Set(groupIds)) {
    if (groups.get(groupId) !== 'ok') continue;
    for (const mapping of byGroup.get(groupId) ?? []) {
      const team = teams.get(mapping.teamId);
      if (team) placements.push({ mapping, team });
    }
  }
  return placements.length < 2 ? placements : placements.sort(byOrder);
}

/** Whether every mapped group is known to do without this person: what leaving all groups rests on (laws L8, L10). */
export function hasLeftAllGroups(groupIds: readonly string[], { rules, groups }: Ground): boolean {
  const inNow = new Set(groupIds);
  const { mappings } = rules;
  // Without any mapping nothing is in scope to leave; a sync then has nothing to go by (S21).
  return mappings.length > 0 && mappings.every(({ groupId }) => groups.get(groupId) === 'ok' && !inNow.has(groupId));
}

/** Whether membership of the mapping's group can neither be confirmed nor denied now (E12, E16). */
export function isUncertain(mapping: TeamMapping, groups: ReadonlyMap<string, GroupState>): boolean {
  return groups.get(mapping.groupId) !== 'ok';
}

export type Sort = 'person' | 'guest' | 'no_person';

/** Mailboxes that belong to no person (Microsoft Graph, userPurpose of mailboxSettings). */
const NO_PEOPLE = new Set(['shared', 'room', 'equipment']);

/** Whether the mailbox is known to be nobody's own (E18). */
export function isOfNobody({ userPurpose }: Pick<Attributes, 'userPurpose'>): boolean {
  return NO_PEOPLE.has(userPurpose?.toLowerCase() ?? '');
}

/**
 * Whether an account stands for somebody whom GetHomeSafe looks after (E17, E18). An unknown mailbox purpose counts as
 * a person; `#EXT#` tells a guest where the type is not known, as people of a partner tenant may be members.
 */
export function sortOf(attributes: Attributes, { includeGuests }: Pick<SyncRules, 'includeGuests'>): Sort {
  if (isOfNobody(attributes)) return 'no_person';
  return isGuest(attributes) && !includeGuests ? 'guest' : 'person';
}

export function isGuest(attributes: Attributes): boolean {
  const { userType } = attributes;
  return userType ? userType.toLowerCase() === 'guest' : isExternal(attributes);
}

/** Invited from elsewhere, be it as a guest or as a member. */
export function isExternal({ userPrincipalName }: Attributes): boolean {
  return userPrincipalName?.toUpperCase().includes('#EXT#') ?? false;
}

interface MappingIndex {
  readonly byGroup: ReadonlyMap<string, readonly TeamMapping[]>;
  readonly byId: ReadonlyMap<string, TeamMapping>;
}

const indexes = new WeakMap<readonly TeamMapping[], MappingIndex>();

/** The same list of mappings serves thousands of people, so its index is kept as long as the list is. */
export function mappingIndex(mappings: readonly TeamMapping[]): MappingIndex {
  const known = indexes.get(mappings);
  if (known) return known;
  const byGroup = new Map<string, TeamMapping[]>();
  for (const mapping of mappings) {
    const same = byGroup.get(mapping.groupId);
    if (same) same.push(mapping);
    else byGroup.set(mapping.groupId, [mapping]);
  }
  const index = { byGroup, byId: new Map(mappings.map((mapping) => [mapping.id, mapping])) };
  indexes.set(mappings, index);
  return index;
}

function byOrder({ mapping: a }: Placement, { mapping: b }: Placement): number {
  return a.priority - b.priority || compare(a.createdAt, b.createdAt) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
