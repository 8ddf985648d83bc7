import type { GroupState } from '../types.js';

export type MappingStatus = 'ok' | 'not_read' | 'group_missing' | 'group_hidden' | 'group_unreadable' | 'team_missing';

/** How a team mapping fares; a broken one neither places nor removes anybody (S41, E12, E13, E16). */
export interface MappingHealth {
  readonly status: MappingStatus;
  /** Run-level code where the mapping alone has what a whole run could have. */
  readonly code: 'permission_denied' | null;
  /** What is wrong, in words; null where nothing is. */
  readonly reason: string | null;
  readonly remedy: string | null;
}

const KEPT = 'Nobody is placed by this mapping, and nobody loses the team on its account.';

/** @param group null: not read yet. */
export function mappingHealth({ group, hasTeam }: { group: GroupState | null; hasTeam: boolean }): MappingHealth {
  if (!hasTeam) return TEAM_MISSING;
  switch (group) {
    case null:
      return NOT_READ;
    case 'ok':
      return { status: 'ok', code: null, reason: null, remedy: null };
    case 'missing':
      return GROUP_MISSING;
    case 'hidden':
      return GROUP_HIDDEN;
    case 'unreadable':
      return GROUP_UNREADABLE;
  }
}

const TEAM_MISSING: MappingHealth = {
  status: 'team_missing',
  code: null,
  reason: 'The team does not exist any more. Nobody is placed by this mapping.',
  remedy: 'Remove the mapping, and map the group to another team.',
};

const NOT_READ: MappingHealth = {
  status: 'not_read',
  code: null,
  reason: 'The group has not been read yet.',
  remedy: 'Sync Now, or wait for the next scheduled sync.',
};

const GROUP_MISSING: MappingHealth = {
  status: 'group_missing',
  code: null,
  reason: `There is no such group in Microsoft Entra ID: it was deleted, or its Object ID is wrong. ${KEPT}`,
  remedy: 'Restore the group in Microsoft Entra ID, or remove the mapping and map another group.',
};

const GROUP_HIDDEN: MappingHealth = {
  status: 'group_hidden',
  code: 'permission_denied',
  reason: `The group hides its members, or shows none, which cannot be told apart without Member.Read.Hidden. ${KEPT}`,
  remedy:
    'Grant the application permission Member.Read.Hidden and consent again, or map a group whose members are visible.',
};

const GROUP_UNREADABLE: MappingHealth = {
  status: 'group_unreadable',
  code: 'permission_denied',
  reason: `Microsoft Entra ID refused to show the group or its members. ${KEPT}`,
  remedy: 'Check that the GetHomeSafe application still has the permission GroupMember.Read.All, and Sync Now.',
};
