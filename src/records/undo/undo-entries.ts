import type { ClientSession, Collection } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { chunksFrom } from '../../kernel/lists.js';
import type { Store } from '../../store/connect.js';
import { LEDGER, type LedgerRow } from '../types.js';
import { ofRun, type RunRef } from './undo-pages.js';

const NEWEST_FIRST = { at: -1, _id: 1 } as const;
/** Entries looked at together: mostly the first can be undone. */
const A_LOOK = 20;
const BY_PEOPLE: readonly LedgerRow['cause']['by'][] = ['person', 'undo'];

/** A person's part of the ledger. */
interface WrittenAbout {
  readonly enterpriseId: string;
  readonly userId: string;
  readonly since?: Date | undefined;
}

/** What the sync wrote about a person last, or everything since an instant, and nobody has undone; newest first. */
export async function writtenAbout(
  { store }: { store: Store },
  { since, ...about }: WrittenAbout,
  session: ClientSession,
): Promise<LedgerRow[]> {
  const ledger = store.collection<LedgerRow>(LEDGER);
  const newestFirst = (at: Date | { $gte: Date }) =>
    ledger
      .find({ ...about, at }, { session })
      .sort(NEWEST_FIRST)
      .toArray();
  const at = since === undefined ? await newestInstant(ledger, about, session) : { $gte: since };
  const open = at === null ? [] : await notUndone(ledger, await newestFirst(at), session);
  if (open.length > 0) return open;
  const undoing = { ...about, ...(since ? { at: { $gte: since } } : {}), 'cause.by': 'undo' } as const;
  throw nothingToUndo({ isUndone: (await ledger.findOne(undoing, { session })) !== null });
}

/** When the newest write that can be undone was: the entries of one apply share their instant. */
async function newestInstant(
  ledger: Collection<LedgerRow>,
  about: Pick<WrittenAbout, 'enterpriseId' | 'userId'>,
  session: ClientSession,
): Promise<Date | null> {
  const bySync = { ...about, 'cause.by': { $nin: [...BY_PEOPLE] } };
  // By its index from the newest on, and no further than it must: a person's ledger has years of entries.
  const newestFirst = ledger.find(bySync, { session, batchSize: A_LOOK }).sort({ at: -1 }).hint('by_person');
  for await (const some of chunksFrom(newestFirst, A_LOOK)) {
    const [newest] = await notUndone(ledger, some, session);
    if (newest !== undefined) return newest.at;
  }
  return null;
}

/** The time in which a run wrote, or null if it wrote nothing. */
export async function timeOf({ store }: { store: Store }, run: RunRef): Promise<WrittenWithin | null> {
  const edge = (order: 1 | -1) =>
    store.collection<LedgerRow>(LEDGER).find(ofRun(run)).sort({ at: order }).hint('by_run').limit(1).next();
  const [first, last] = [await edge(1), await edge(-1)];
  return first && last && { $gte: first.at, $lte: last.at };
}

interface WrittenWithin {
  readonly $gte: Date;
  readonly $lte: Date;
}

/** What a run wrote about some people and nobody has undone, newest first. `at`: the time in which it wrote. */
export async function writtenByRun(
  { store }: { store: Store },
  { run, userIds, at }: { run: RunRef; userIds: readonly string[]; at: WrittenWithin },
  session: ClientSession,
): Promise<LedgerRow[]> {
  const ledger = store.collection<LedgerRow>(LEDGER);
  const written = { ...ofRun(run), userId: { $in: [...userIds] }, at };
  // By run it would be everything that it wrote, and that for every page.
  const found = ledger.find(written, { session }).hint('by_person').sort(NEWEST_FIRST);
  return notUndone(ledger, await found.toArray(), session);
}

/** Those of the sync's writes that no later entry undoes. */
async function notUndone(
  ledger: Collection<LedgerRow>,
  entries: readonly LedgerRow[],
  session: ClientSession,
): Promise<LedgerRow[]> {
  const bySync = entries.filter(({ cause }) => !BY_PEOPLE.includes(cause.by));
  const ids = bySync.map(({ _id }) => _id);
  const undone = new Set(await ledger.distinct('undoes', { undoes: { $in: ids, $exists: true } }, { session }));
  return bySync.filter(({ _id }) => !undone.has(_id));
}

function nothingToUndo({ isUndone }: { isUndone: boolean }): AppError {
  if (isUndone) {
    const text =
      'What the sync wrote about this person has been undone already. An undo is not undone itself: to let the sync follow again, release what it declined, under Held changes.';
    return new AppError('already_undone', text, { status: 409, field: 'person', command: 'ghs decisions release' });
  }
  const text = 'The sync wrote nothing about this person that could be undone.';
  return new AppError('nothing_to_undo', text, { status: 409, field: 'person' });
}
