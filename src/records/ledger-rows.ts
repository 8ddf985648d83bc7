import type { ActEntry } from './people/person-acts.js';
import type { By } from './people.js';
import type { Cause, LedgerRow, UserRow } from './types.js';

/** What all ledger rows of one write about one person have in common. */
export interface WrittenAbout {
  readonly enterpriseId: string;
  readonly userId: string;
  /** Object id in Entra; null for people whom only GetHomeSafe knows. */
  readonly objectId: string | null;
  readonly at: Date;
  readonly cause: Cause;
  newId(): string;
}

/** Entries as rows of the ledger: what an entry does not say is null. */
export function ledgerRows(
  entries: readonly (ActEntry & Pick<LedgerRow, 'undoes' | 'approved' | 'provenance'>)[],
  { enterpriseId, userId, objectId, at, cause, newId }: WrittenAbout,
): LedgerRow[] {
  const about = { enterpriseId, userId, objectId, at, cause };
  const blank = { field: null, teamId: null, before: null, after: null, taking: null };
  return entries.map((entry) => ({ _id: newId(), ...about, ...blank, ...entry }));
}

/** The record that rows are about. */
export function aboutUser({
  enterpriseId,
  _id,
  entra,
}: UserRow): Pick<WrittenAbout, 'enterpriseId' | 'userId' | 'objectId'> {
  return { enterpriseId, userId: _id, objectId: entra?.objectId ?? null };
}

/** What somebody did, or undid, and why. */
export function causeOf({ who, reason }: By, by: 'person' | 'undo' = 'person'): Cause {
  return { by, who, reason: reason ?? null };
}
