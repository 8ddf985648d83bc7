import type { Document } from 'mongodb';

/** An entry of the ledger as it stands in the database, with its instant as a number. */
export interface LedgerFacts {
  readonly id: string;
  readonly atMs: number;
  readonly userId: string;
  readonly objectId: string | null;
  readonly kind: string;
  readonly field: string | null;
  readonly teamId: string | null;
  readonly activityId?: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly taking: string | null;
  /** Whether a person did it, or undid it; otherwise the sync. */
  readonly byPerson: boolean;
  readonly byUndo: boolean;
  /** Somebody let it pass the guard. */
  readonly approved: boolean;
}

export function ledgerFacts(row: Document): LedgerFacts {
  const { _id, at, userId, objectId, kind, field, teamId, activityId, before, after, taking, cause } = row;
  const byPerson = cause.by === 'person' || cause.by === 'undo';
  const about = { userId, objectId, kind, field, teamId, activityId };
  return {
    id: String(_id),
    atMs: at.getTime(),
    ...about,
    before,
    after,
    taking,
    byPerson,
    byUndo: cause.by === 'undo',
    approved: row['approved'] === true,
  };
}
