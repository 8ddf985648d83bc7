import { Badge } from '@mantine/core';
import type { Integration } from '../api/types.js';

type Shown = Pick<Integration, 'connection' | 'usersSync' | 'paused' | 'lastError'>;

/** The one word of how the integration stands (domain 4.1). */
export function statusOf({ connection, usersSync, paused, lastError }: Shown): { label: string; color: string } {
  if (connection === 'not_connected') return { label: 'Not connected', color: 'gray' };
  if (connection === 'awaiting_proof') return { label: 'Awaiting sign-in', color: 'yellow' };
  if (connection === 'awaiting_consent') return { label: 'Awaiting consent', color: 'yellow' };
  if (connection === 'error' || lastError !== null) return { label: 'Needs attention', color: 'red' };
  if (paused) return { label: 'Paused', color: 'yellow' };
  return usersSync ? { label: 'On', color: 'teal' } : { label: 'Off', color: 'gray' };
}

export function StatusBadge({ of }: { readonly of: Shown }) {
  const { label, color } = statusOf(of);
  return (
    <Badge color={color} variant="light" size="lg" data-status={label}>
      {label}
    </Badge>
  );
}
