import { type BulkWriteOptions, type ClientSession, type Collection, MongoBulkWriteError } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import { isDuplicateKey, waitedFor } from '../store/transaction.js';
import type { ChangeDocument } from './change-document.js';
import { type ChangeWrite, insertOf, type Stamp, upsertOf } from './change-writes.js';
import { type MergedNote, mergeNotes } from './merge-notes.js';
import type { Note } from './types.js';

/** Random bytes that the marks of one bulk begin with: two notes never get the same mark. */
const MARK_BYTES = 12;
/** Writers that race for a new document fail one against the other at most once each; more means something else. */
const MOST_ATTEMPTS = 5;
/** From so many things on it pays to ask first which of them have no open change yet. */
const WORTH_ASKING = 64;

export interface NoteOptions {
  readonly session?: ClientSession;
  /** Longest that a bulk may take, in ms; beyond that it ends with `HeldUp`. Without it there is no bound. */
  readonly withinMs?: number;
}

/** The time was over before everything was surely stored. */
export class HeldUp extends Error {
  override readonly name = 'HeldUp';
  /** `transaction`: one that is open holds the change of one of the notes, probably. */
  readonly by: 'transaction' | 'majority';

  constructor(by: HeldUp['by'], options?: ErrorOptions) {
    super(
      by === 'majority' ? 'The majority does not answer.' : 'An open transaction holds one of the changes.',
      options,
    );
    this.by = by;
  }
}

interface NoteDeps {
  readonly changes: Collection<ChangeDocument>;
  readonly clock: Clock;
  readonly chance: Chance;
}

/**
 * Stores hints, one document a thing, in one unordered bulk. Outside a session it returns once the majority has them
 * in its journal; inside one they stand or fall with the transaction.
 *
 * Repeating it after a failure may raise `notified` twice: accepted is never less than what was answered (law L5).
 */
export async function noteChanges(
  deps: NoteDeps,
  notes: readonly Note[],
  { session, withinMs }: NoteOptions = {},
): Promise<void> {
  if (notes.length === 0) return;
  const bound = withinMs === undefined ? {} : { maxTimeMS: withinMs };
  const options: BulkWriteOptions =
    session === undefined
      ? { ordered: false, writeConcern: { w: 'majority', journal: true }, ...bound }
      : { ordered: false, session };
  const now = deps.clock.now();
  let left = mergeNotes(notes);
  let present = await presentAmong(deps.changes, left, session);

  for (let attempt = 1; left.length > 0; attempt += 1) {
    const fresh = deps.chance.token(MARK_BYTES);
    const writes = left.map((merged, index) => writeOf(merged, { now, mark: `${fresh}.${index}` }, present));
    try {
      await deps.changes.bulkWrite(writes, options);
      return;
    } catch (error) {
      const heldUpBy = waitedFor(error);
      if (heldUpBy !== null) throw new HeldUp(heldUpBy, { cause: error });
      // A refused write has ended the transaction.
      if (session !== undefined || attempt === MOST_ATTEMPTS) throw error;
      if (!(error instanceof MongoBulkWriteError) || !isDuplicateKey(error)) throw error;
      // Somebody else made these documents in between: an upsert finds them now.
      const refused = new Set([error.writeErrors].flat().map((failure) => failure.index));
      left = left.filter((_, index) => refused.has(index));
      present = null;
    }
  }
}

/** Null: not known, any of them may be there. */
async function presentAmong(
  changes: Collection<ChangeDocument>,
  things: readonly MergedNote[],
  session: ClientSession | undefined,
): Promise<ReadonlySet<string> | null> {
  if (things.length < WORTH_ASKING) return null;
  const found = await changes
    .find({ _id: { $in: things.map(({ id }) => id) } }, session === undefined ? {} : { session })
    .project<{ _id: string }>({ _id: 1 })
    .toArray();
  return new Set(found.map(({ _id }) => _id));
}

function writeOf(merged: MergedNote, stamp: Stamp, present: ReadonlySet<string> | null): ChangeWrite {
  return present === null || present.has(merged.id) ? upsertOf(merged, stamp) : insertOf(merged, stamp);
}
