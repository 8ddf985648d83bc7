import { PLAIN_FIELDS, PROPERTY_OF } from '../oracle/values.js';
import type { LedgerFacts } from './ledger-facts.js';
import type { Chronicle } from './oracle-facts.js';

const PROPERTIES: Readonly<Record<string, string>> = {
  email: 'mail',
  ...Object.fromEntries(PLAIN_FIELDS.map((field) => [field, PROPERTY_OF[field]])),
};
/** Longer than any replica is behind: what was read was the directory's at some time of this. */
const READ_WITHIN_MS = 16 * 60_000;

/** What was undone stays so until the directory says something else (law L11). */
export interface Undone {
  /** What comes back that was declined, or null. Told of every entry in order. */
  note(entry: LedgerFacts): string | null;
}

export function createUndone(chronicle: Pick<Chronicle, 'since' | 'isTouched'>): Undone {
  const declined = new Map<string, LedgerFacts>();
  const removed = new Set<string>();
  return {
    note: (entry) => {
      const { userId, objectId, kind, field } = entry;
      if (kind === 'remove' && objectId !== null) removed.add(objectId);
      if (kind === 'create' && objectId !== null && removed.has(objectId) && !chronicle.isTouched(objectId))
        return 'whose import was undone is back, and the directory has said nothing new';
      const property = PROPERTIES[field ?? ''];
      if (kind !== 'update' || property === undefined || objectId === null) return null;
      const key = `${userId} ${field}`;
      const undo = declined.get(key);
      if (entry.byUndo) declined.set(key, entry);
      else declined.delete(key);
      if (undo === undefined || entry.byPerson) return null;
      const values = chronicle.since(objectId, property, undo.atMs - READ_WITHIN_MS);
      return values.length > 1 ? null : `${field} was undone, and the directory has said nothing else since`;
    },
  };
}
