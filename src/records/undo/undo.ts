import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { groupBy } from '../../kernel/lists.js';
import { AUDIT_LOG, type AuditRow, writeAudit } from '../../store/audit-log.js';
import { inTransaction } from '../../store/in-transaction.js';
import { createFindPeople } from '../people/find-people.js';
import { recordTransaction } from '../people/record-transaction.js';
import type { By, PersonRef } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import { LEDGER, type LedgerRow } from '../types.js';
import { loadUndo, type PersonUndo } from './load-undo.js';
import type { UndoneEntry } from './types.js';
import { timeOf, writtenAbout, writtenByRun } from './undo-entries.js';
import { undoPages } from './undo-pages.js';
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

export interface UndoPreview {
  /** Which write this is: given with the undo, nothing that was written since is undone instead. */
  readonly write: string;
  /** What comes back, newest first, with the value of now as `before`. */
  readonly steps: readonly UndoStep[];
  readonly skipped: readonly NotUndone[];
  /** Subjects of which Entra's value is declined until it changes. */
  readonly declined: readonly string[];
}

export type UndoStep = Pick<LedgerRow, 'kind' | 'field' | 'before' | 'after'> & {
  readonly team: string | null;
  readonly activity: string | null;
};

export interface UndoneWrites {
  readonly since?: Date | undefined;
  /** `write` of a preview; the undo is refused where another one is the newest by now. */
  readonly write?: string | undefined;
}

/** Takes back what the sync wrote (law L11): former values come back, the source's are declined until they change. */
export interface Undo {
  /** The newest write of the sync about a person, or all since an instant. */
  person(ref: PersonRef, what: UndoneWrites, by: By): Promise<UndoResult>;
  /** What undoing the newest write about a person would do; refused as the undo itself. */
  previewPerson(ref: PersonRef): Promise<UndoPreview>;
  /** Everything that a run wrote. People are undone by the hundred; what a crash left is undone by repeating it. */
  run(enterpriseId: string, runId: string, by: By): Promise<UndoResult>;
}

/** People undone in one transaction. */
const A_TRANSACTION = 200;

export function createUndo(deps: RecordDeps): Undo {
  const { store, chance } = deps;
  const ledger = store.collection<LedgerRow>(LEDGER);
  const finding = createFindPeople(deps);

  return { person, previewPerson, run };

  async function previewPerson({ enterpriseId, person }: PersonRef): Promise<UndoPreview> {
    const { _id: userId } = await finding.find(enterpriseId, person);
    return inTransaction(deps, async (session) => {
      const written = await writtenAbout(deps, { enterpriseId, userId }, session);
      const plans = await loadUndo(deps, { enterpriseId, entries: new Map([[userId, written]]) }, session);
      const steps = plans.flatMap(({ plan }) => plan.entries.map(stepOf));
      const declined = plans.flatMap(({ plan }) => plan.declined.map(({ subject }) => subject));
      return { write: writeOf(written), steps, skipped: resultOf(plans).skipped, declined };
    });
  }

  async function person(ref: PersonRef, { since, write }: UndoneWrites, by: By): Promise<UndoResult> {
    const { enterpriseId } = ref;
    const { _id: userId } = await finding.find(enterpriseId, ref.person);
    const wanted = async (session: ClientSession) => {
      const written = await writtenAbout(deps, { enterpriseId, userId, since }, session);
      if (write !== undefined && write !== writeOf(written)) throw await notTheNewest(write, session);
      return written;
    };
    return undo({ enterpriseId, by, what: 'undo.person', about: { userId } }, wanted);
  }

  async function run(enterpriseId: string, runId: string, by: By): Promise<UndoResult> {
    await requireEnded(enterpriseId, runId);
    const request = { enterpriseId, by, what: 'undo.run', about: { runId } };
    const which = { enterpriseId, runId };
    const at = await timeOf(deps, which);
    if (at === null) throw new AppError('nothing_to_undo', 'The run wrote nothing.', { status: 409, field: 'run' });
    const results: UndoResult[] = [];
    for await (const userIds of undoPages(store, { ...which, most: A_TRANSACTION }))
      results.push(await undo(request, (session) => writtenByRun(deps, { run: which, userIds, at }, session)));
    const result = together(results);
    if (result.undone > 0 || result.skipped.length > 0) return result;
    const text =
      'The run has been undone already. To let the sync follow again, release what it declined, under Held changes.';
    throw new AppError('already_undone', text, { status: 409, field: 'run', command: 'ghs decisions release' });
  }

  async function requireEnded(enterpriseId: string, runId: string): Promise<void> {
    const runs = store.collection<{ _id: string; enterpriseId: string; dry: boolean; status: string }>('runs');
    const found = await runs.findOne({ _id: runId, enterpriseId });
    if (found === null)
      throw new AppError('run_not_found', `There is no run ${runId} in this enterprise.`, {
        status: 404,
        field: 'run',
        command: 'ghs runs list',
      });
    if (found.dry)
      throw new AppError('run_is_dry', 'A dry run changed nothing, so that there is nothing to undo.', {
        status: 409,
        field: 'run',
      });
    if (found.status === 'queued' || found.status === 'running')
      throw new AppError('run_open', 'The run has not ended yet: undo it afterwards.', { status: 409, field: 'run' });
  }

  /** Why nothing is undone where something else was shown. */
  async function notTheNewest(write: string, session: ClientSession): Promise<AppError> {
    const isUndone = (await ledger.findOne({ undoes: write }, { session })) !== null;
    const code = isUndone ? 'already_undone' : 'written_since';
    const what = isUndone
      ? 'What was shown has been undone already.'
      : 'The sync has written about this person again since that was shown.';
    return new AppError(code, `${what} Look at what would be undone now.`, { status: 409, field: 'write' });
  }

  /** Undoes some entries, newest first, in one transaction with its line in the audit log. */
  function undo(
    { enterpriseId, by, what, about }: { enterpriseId: string; by: By; what: string; about: object },
    wanted: (session: ClientSession) => Promise<LedgerRow[]>,
  ): Promise<UndoResult> {
    const log = store.collection<AuditRow>(AUDIT_LOG);
    const _id = chance.guid();
    let done: UndoResult | undefined;
    return recordTransaction(deps, enterpriseId, async (session) => {
      // An earlier attempt whose answer was lost may have undone them: what is the newest now is another write.
      if (done !== undefined && (await log.findOne({ _id }, { session })) !== null) return done;
      const entries = groupBy(await wanted(session), ({ userId }) => userId);
      const plans = await loadUndo(deps, { enterpriseId, entries }, session);
      await writeUndo(deps, { enterpriseId, plans, by }, session);
      done = resultOf(plans);
      const { undone, people } = done;
      const after = { undone, people, reason: by.reason ?? null };
      const line = { _id, enterpriseId, who: by.who, what, before: about, after };
      if (entries.size > 0) await writeAudit(deps, session, line);
      return done;
    });
  }
}

/** The id of its newest entry. */
function writeOf([newest]: readonly LedgerRow[]): string {
  return newest?._id ?? '';
}

function stepOf(entry: UndoneEntry): UndoStep {
  const { kind, field = null, teamId: team = null, activityId: activity = null, before = null, after = null } = entry;
  return { kind, field, team, activity, before, after };
}

function resultOf(plans: readonly PersonUndo[]): UndoResult {
  const undone = plans.reduce((sum, { plan }) => sum + plan.entries.length, 0);
  const skipped = plans.flatMap(({ plan }) =>
    plan.skipped.map(({ entry, why }): NotUndone => {
      const { objectId: person, kind, field, teamId: team } = entry;
      return { person, kind, field, team, why };
    }),
  );
  return { undone, people: plans.filter(({ plan }) => plan.entries.length > 0).length, skipped };
}

function together(results: readonly UndoResult[]): UndoResult {
  const sum = (of: (result: UndoResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    undone: sum(({ undone }) => undone),
    people: sum(({ people }) => people),
    skipped: results.flatMap(({ skipped }) => skipped),
  };
}
