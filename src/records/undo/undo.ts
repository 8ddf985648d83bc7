import type { ClientSession } from 'mongodb';
import type { Changes } from '../../changes/create-changes.js';
import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import { groupBy } from '../../kernel/group-by.js';
import { writeAudit } from '../../store/audit-log.js';
import type { Store } from '../../store/connect.js';
import { createFindPeople } from '../people/find-people.js';
import { recordTransaction } from '../people/record-transaction.js';
import type { By, PersonRef } from '../people.js';
import { LEDGER, type LedgerRow } from '../types.js';
import { loadUndo, type PersonUndo } from './load-undo.js';
import { writeUndo } from './write-undo.js';

/** Something that was not undone. */
export interface NotUndone {
  /** Object id. */
  readonly person: string | null;
  readonly kind: LedgerRow['kind'];
  readonly field: string | null;
  readonly team: string | null;
  readonly why: string;
}

export interface UndoResult {
  /** Ledger entries undone. */
  readonly undone: number;
  readonly people: number;
  readonly skipped: readonly NotUndone[];
}

/** Takes back what the sync wrote (law L11): former values come back, the source's are declined until they change. */
export interface Undo {
  /** The newest write of the sync about a person, or all since an instant. */
  person(ref: PersonRef, options: { readonly since?: Date | undefined }, by: By): Promise<UndoResult>;
  /** Everything that a run wrote. People are undone by the hundred; what a crash left is undone by repeating it. */
  run(enterpriseId: string, runId: string, by: By): Promise<UndoResult>;
}

export interface UndoDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly changes: Pick<Changes, 'note'>;
}

/** People undone in one transaction. */
const A_TRANSACTION = 200;

export function createUndo(deps: UndoDeps): Undo {
  const { store } = deps;
  const ledger = store.collection<LedgerRow>(LEDGER);
  const finding = createFindPeople(deps);

  return { person, run };

  async function person(ref: PersonRef, { since }: { since?: Date | undefined }, by: By): Promise<UndoResult> {
    const { _id: userId } = await finding.find(ref.enterpriseId, ref.person);
    const about = { enterpriseId: ref.enterpriseId, userId, ...(since ? { at: { $gte: since } } : {}) };
    const newestFirst = await ledger.find(about).sort({ at: -1, _id: 1 }).toArray();
    const open = await notUndone(newestFirst);
    const [newest] = open;
    if (newest === undefined) throw nothingToUndo(newestFirst);
    const wanted = since ? open : open.filter((entry) => isSameWrite(entry, newest));
    return undo(ref.enterpriseId, wanted, { by, what: 'undo.person', about: { userId } });
  }

  async function run(enterpriseId: string, runId: string, by: By): Promise<UndoResult> {
    await requireEnded(enterpriseId, runId);
    const written = await ledger
      .find({ enterpriseId, 'cause.runId': { $eq: runId, $type: 'string' } })
      .sort({ at: -1, _id: 1 })
      .toArray();
    if (written.length === 0)
      throw new AppError('nothing_to_undo', 'The run wrote nothing.', { status: 409, field: 'run' });
    const open = await notUndone(written);
    if (open.length === 0) {
      const text = 'The run has been undone already. To let the sync follow again, see "ghs decisions release".';
      throw new AppError('already_undone', text, { status: 409, field: 'run' });
    }
    return undo(enterpriseId, open, { by, what: 'undo.run', about: { runId } });
  }

  async function requireEnded(enterpriseId: string, runId: string): Promise<void> {
    const runs = store.collection<{ _id: string; enterpriseId: string; dry: boolean; status: string }>('runs');
    const found = await runs.findOne({ _id: runId, enterpriseId });
    if (found === null)
      throw new AppError('run_not_found', `There is no run ${runId} in this enterprise. See "ghs runs list".`, {
        status: 404,
        field: 'run',
      });
    if (found.dry)
      throw new AppError('run_is_dry', 'A dry run changed nothing, so that there is nothing to undo.', {
        status: 409,
        field: 'run',
      });
    if (found.status === 'queued' || found.status === 'running')
      throw new AppError('run_open', 'The run has not ended yet: undo it afterwards.', { status: 409, field: 'run' });
  }

  /** Writes of the sync that no later entry undoes. */
  async function notUndone(entries: readonly LedgerRow[]): Promise<LedgerRow[]> {
    const bySync = entries.filter(({ cause }) => cause.by !== 'person' && cause.by !== 'undo');
    const ids = bySync.map(({ _id }) => _id);
    const undone = new Set(await ledger.distinct('undoes', { undoes: { $in: ids, $exists: true } }));
    return bySync.filter(({ _id }) => !undone.has(_id));
  }

  async function undo(
    enterpriseId: string,
    entries: readonly LedgerRow[],
    { by, what, about }: { by: By; what: string; about: object },
  ): Promise<UndoResult> {
    const byUser = groupBy(entries, ({ userId }) => userId);
    // Whoever moves between addresses first, so that a swap is undone in one transaction.
    const moves = (userId: string) => byUser.get(userId)?.some(({ field }) => field === 'email') ?? false;
    const userIds = [...byUser.keys()].sort((a, b) => Number(moves(b)) - Number(moves(a)));
    const results: PersonUndo[] = [];
    for (let from = 0; from < userIds.length; from += A_TRANSACTION) {
      const some = new Map(userIds.slice(from, from + A_TRANSACTION).map((id) => [id, byUser.get(id) ?? []]));
      results.push(...(await undoSome(enterpriseId, some, by)));
    }
    const result = resultOf(results);
    await recordTransaction(deps, enterpriseId, (session: ClientSession) =>
      writeAudit(deps, session, {
        ...{ enterpriseId, who: by.who, what, before: about },
        after: { undone: result.undone, people: result.people, reason: by.reason ?? null },
      }),
    );
    return result;
  }

  function undoSome(enterpriseId: string, entries: ReadonlyMap<string, readonly LedgerRow[]>, by: By) {
    return recordTransaction(deps, enterpriseId, async (session) => {
      const plans = await loadUndo(deps, { enterpriseId, entries }, session);
      await writeUndo(deps, { enterpriseId, plans, by }, session);
      return plans;
    });
  }
}

/** Entries of one apply share their instant and their cause. */
function isSameWrite(a: LedgerRow, b: LedgerRow): boolean {
  return a.at.getTime() === b.at.getTime();
}

function nothingToUndo(entries: readonly LedgerRow[]): AppError {
  if (entries.some(({ cause }) => cause.by === 'undo')) {
    const text =
      'What the sync wrote about this person has been undone already. An undo is not undone itself: to let the sync follow again, see "ghs decisions release".';
    return new AppError('already_undone', text, { status: 409, field: 'person' });
  }
  const text = 'The sync wrote nothing about this person that could be undone.';
  return new AppError('nothing_to_undo', text, { status: 409, field: 'person' });
}

function resultOf(results: readonly PersonUndo[]): UndoResult {
  const undone = results.reduce((sum, { plan }) => sum + plan.entries.length, 0);
  const skipped = results.flatMap(({ plan }) =>
    plan.skipped.map(({ entry, why }): NotUndone => {
      const { objectId: person, kind, field, teamId: team } = entry;
      return { person, kind, field, team, why };
    }),
  );
  return { undone, people: results.filter(({ plan }) => plan.entries.length > 0).length, skipped };
}
