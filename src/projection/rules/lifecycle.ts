import type { ArchivedReason, PlannedChange, PresentRecord, Problem, ProjectionInput } from '../types.js';
import { isNeededLeader, leaderKept } from './teams.js';

/** Why somebody would be archived. */
export type Departure = 'disabled' | 'deleted' | 'left_all_groups';

const REASONS: Readonly<Record<Departure, ArchivedReason>> = {
  disabled: 'sync_disabled',
  deleted: 'sync_deleted',
  left_all_groups: 'sync_out_of_scope',
};

const FACTS: Readonly<Record<Departure, string>> = {
  disabled: 'The account is disabled in Microsoft Entra ID.',
  deleted: 'The account has been deleted in Microsoft Entra ID.',
  left_all_groups: 'The person is no longer in any mapped group.',
};

export interface Departing {
  /** null: stays, for now or for good. */
  readonly archive: (PlannedChange & { kind: 'archive' }) | null;
  readonly problems: readonly Problem[];
}

/** What becomes of somebody when their account goes, or would if they were not archived (E6, E8 to E10, E19). */
export function depart(
  departure: Departure,
  record: PresentRecord,
  { rules, teams }: Pick<ProjectionInput, 'rules' | 'teams'>,
): Departing {
  const policy = departure === 'left_all_groups' ? rules.onLeaveAllGroups : rules.onDisabledOrDeleted;
  if (policy === 'keep') return staying(departure, 'The settings keep such profiles.');
  if (record.isAccountAdmin) return staying(departure, 'Account administrators are never archived by the sync.');
  if (record.hasOpenActivity) return { archive: null, problems: [deferred(departure)] };
  const isArchived = record.status === 'archived';
  const needed = record.memberships.filter((membership) => isNeededLeader(membership, { teams, isArchived }));
  if (needed.length > 0) return { archive: null, problems: needed.map(({ teamId }) => leaderKept(teamId)) };
  const why = FACTS[departure];
  return {
    archive: { kind: 'archive', reason: REASONS[departure], before: record.status, why },
    problems: [],
  };
}

/** Whether the sync archived this profile itself, and so may bring it back (E8, E9, E25). */
export function mayRestore({ archivedReason }: PresentRecord): boolean {
  switch (archivedReason) {
    case 'sync_disabled':
    case 'sync_deleted':
    case 'sync_out_of_scope':
      return true;
    case 'admin':
    case 'support_merge':
    case null:
      return false;
  }
}

export const ARCHIVED_BY_ADMIN: Problem = {
  code: 'archived_by_admin',
  severity: 'error',
  subject: null,
  message:
    'The person is in a mapped group, but their profile was archived in GetHomeSafe. It is not restored by the sync.',
  remedy: 'Restore the profile in GetHomeSafe, or take the person out of the mapped groups.',
};

/** A disabled account is not imported (E8). */
export const NOT_CREATED_DISABLED: Problem = {
  code: 'account_disabled',
  severity: 'warning',
  subject: null,
  message: 'The account is disabled in Microsoft Entra ID. The person is not imported.',
  remedy: 'Enable the account, or take it out of the mapped groups.',
};

export const SKIPPED_GUEST: Problem = {
  code: 'guest_skipped',
  severity: 'warning',
  subject: null,
  message: 'The account is a guest in Microsoft Entra ID. Guests are not synchronised.',
  remedy: 'Allow guests in the settings, or take the guest out of the mapped groups.',
};

export const SKIPPED_NO_PERSON: Problem = {
  code: 'not_a_person_mailbox',
  severity: 'warning',
  subject: null,
  message: 'The account is a shared, room or equipment mailbox. It is not synchronised.',
  remedy: 'Take the account out of the mapped groups.',
};

/** Where only a later read told that the account is no person, or guests are no longer wanted (E17, E18). */
export function keptThough(skipped: Problem): Problem {
  return {
    ...skipped,
    message: `${skipped.message} The profile is kept as it is: nothing is given to it, and nothing archives it by this.`,
    remedy: `${skipped.remedy} Archive the profile in GetHomeSafe if nobody uses it.`,
  };
}

function staying(departure: Departure, because: string): Departing {
  const hasLeft = departure === 'left_all_groups';
  const problem: Problem = {
    code: hasLeft ? 'no_mapped_group' : 'account_disabled',
    severity: 'warning',
    subject: null,
    message: `${FACTS[departure]} The profile is kept: ${lowerFirst(because)}`,
    remedy: hasLeft
      ? 'Add the person to a mapped group, or archive the profile in GetHomeSafe.'
      : 'Archive the profile in GetHomeSafe if the person has left.',
  };
  return { archive: null, problems: [problem] };
}

function deferred(departure: Departure): Problem {
  return {
    code: 'active_activity_deferred',
    severity: 'warning',
    subject: null,
    message: `${FACTS[departure]} An activity is still open, so the profile is archived only once it is finished.`,
    remedy: 'Nothing to do: make sure that the person is safe and the activity is finished.',
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
