import type { LedgerRow, UserRow } from '../../../src/records/types.js';

const AT = new Date('2026-03-01T21:00:00Z');

/** Ana as the sync made her. */
export function aUser(user: Partial<UserRow> = {}): UserRow {
  return {
    ...{ _id: 'u1', enterpriseId: 'e1', organisationId: 'o1', status: 'invited', origin: 'entra' },
    ...{ archivedReason: null, archivedAt: null, isAccountAdmin: false, formerEmailKey: null, memberships: [] },
    ...{ email: 'ana@example.com', emailKey: 'ana@example.com', firstName: 'Ana', lastName: null },
    ...{ mobilePhone: null, country: null, timeZone: null, createdAt: AT, updatedAt: AT },
    ...user,
  };
}

export function anEntry(entry: Partial<LedgerRow> = {}): LedgerRow {
  const cause = { by: 'recheck', traceId: null, runId: null, graphRequestId: null } as const;
  return {
    ...{ _id: 'l1', enterpriseId: 'e1', userId: 'u1', objectId: 'ana', at: AT, kind: 'create', cause, taking: null },
    ...{ field: null, teamId: null, before: null, after: null, why: 'a test' },
    ...entry,
  };
}
