import type { LedgerRow, UserRow } from '../types.js';

/** The question that the entry answered, and the source value that is declined now. */
export function declinedBy(entry: LedgerRow, user: UserRow | null): { subject: string; value: unknown } {
  switch (entry.kind) {
    case 'update':
      return { subject: `field:${entry.field}`, value: entry.after };
    case 'join':
      return { subject: `team:${entry.teamId}`, value: idsOf(entry.after) };
    case 'leave':
      return { subject: `team:${entry.teamId}`, value: [] };
    case 'archive':
      return { subject: 'archive', value: entry.after ?? user?.archivedReason ?? null };
    case 'restore':
      return { subject: 'restore', value: 'live' };
    case 'activity_create':
    case 'activity_update':
    case 'activity_cancel':
    case 'link':
    case 'create':
    case 'remove':
      return { subject: 'create', value: user?.organisationId ?? null };
  }
}

/** Mapping ids as the ledger holds them. */
export function idsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
}
