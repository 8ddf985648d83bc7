import type { ClientSession, Filter } from 'mongodb';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { LEDGER, type LedgerRow } from './types.js';

export interface Ledger {
  /** Adds entries in the transaction of the write that they tell of. */
  insert(entries: readonly LedgerRow[], session: ClientSession): Promise<void>;
  /** The newest entries of a person, newest first. */
  ofPerson(userId: string, limit: number): Promise<LedgerRow[]>;
  /** Everything that a run wrote, oldest first. */
  ofRun(runId: string): Promise<LedgerRow[]>;
}

export const LEDGER_INDEXES: readonly IndexDefinition[] = [
  { collection: LEDGER, name: 'by_enterprise', keys: { enterpriseId: 1, at: -1 }, serves: 'the audit log' },
  {
    collection: LEDGER,
    name: 'by_kind',
    keys: { enterpriseId: 1, kind: 1, at: 1 },
    serves: "who came and went since the start of the guard's window (law L12)",
  },
  {
    collection: LEDGER,
    name: 'undoes',
    keys: { undoes: 1 },
    options: { partialFilterExpression: { undoes: { $exists: true } } },
    serves: 'what has been undone already',
  },
  { collection: LEDGER, name: 'by_person', keys: { userId: 1, at: -1 }, serves: 'the answer to "why?"' },
  {
    collection: LEDGER,
    name: 'by_directory_person',
    keys: { enterpriseId: 1, objectId: 1 },
    serves: 'everything about a person, to export or erase, whether or not there is a record any more',
  },
  {
    collection: LEDGER,
    name: 'by_run',
    keys: { 'cause.runId': 1, at: 1 },
    options: { partialFilterExpression: { 'cause.runId': { $type: 'string' } } },
    serves: 'what a run did, and its undo',
  },
  {
    collection: LEDGER,
    name: 'takings',
    keys: { enterpriseId: 1, taking: 1, at: 1 },
    options: { partialFilterExpression: { taking: { $type: 'string' } } },
    serves: "the guard's window (law L12)",
  },
];

/** The audit log: one entry for each write to a record, never changed afterwards. */
export function createLedger({ store }: { store: Store }): Ledger {
  const rows = store.collection<LedgerRow>(LEDGER);
  return {
    insert: async (entries, session) => {
      if (entries.length > 0) await rows.insertMany([...entries], { session });
    },
    ofPerson: (userId, limit) => rows.find({ userId }).sort({ at: -1, _id: 1 }).limit(limit).toArray(),
    ofRun: (runId) => {
      // The type again: without it MongoDB does not see that the partial index has them all.
      const wanted: Filter<LedgerRow> = { 'cause.runId': { $eq: runId, $type: 'string' } };
      return rows.find(wanted).sort({ at: 1, _id: 1 }).toArray();
    },
  };
}
