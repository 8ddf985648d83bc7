import { Badge } from '@mantine/core';
import type { Person } from './types.js';

const COLORS: Readonly<Record<Person['status'], string>> = { invited: 'blue', active: 'teal', archived: 'gray' };
const WORDS: Readonly<Record<Person['status'], string>> = {
  invited: 'Invited',
  active: 'Active',
  archived: 'Archived',
};
const REASONS: Readonly<Record<string, string>> = {
  admin: 'by an administrator',
  sync_disabled: 'disabled in Entra',
  sync_deleted: 'deleted in Entra',
  sync_out_of_scope: 'left all mapped Entra groups',
  support_merge: 'merged by support',
};

export const STATUSES = Object.entries(WORDS).map(([value, label]) => ({ value, label }));

interface StatusProps {
  readonly status: Person['status'];
  readonly reason?: string | null;
}

export function PersonStatus({ status, reason = null }: StatusProps) {
  const why = reason === null ? '' : `: ${REASONS[reason] ?? reason}`;
  return (
    <Badge color={COLORS[status]} variant="light" tt="none">
      {WORDS[status]}
      {why}
    </Badge>
  );
}

/** Where somebody comes from. */
export function SourceBadge({ objectId }: { readonly objectId: string | null }) {
  return objectId === null ? (
    <Badge color="gray" variant="outline" tt="none">
      GetHomeSafe only
    </Badge>
  ) : (
    <Badge color="blue" variant="light" tt="none">
      From Microsoft Entra ID
    </Badge>
  );
}

export function nameOf({ firstName, lastName, email, id }: Pick<Person, 'firstName' | 'lastName' | 'email' | 'id'>) {
  const name = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ');
  return name === '' ? (email ?? id) : name;
}
