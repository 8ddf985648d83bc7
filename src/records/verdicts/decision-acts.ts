import type { ClientSession, Filter } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { isAboutActivity } from '../../projection/verdicts/activity-decision.js';
import type { Verdict } from '../../projection/verdicts/decision.js';
import { writeAudit } from '../../store/audit-log.js';
import { raiseLive } from '../../store/live.js';
import { recordTransaction } from '../people/record-transaction.js';
import type { By } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import { DECISIONS, type DecisionRow } from '../types.js';
import { notePeople } from './note-people.js';

/** Which decisions: some by id, or all that can be decided alike, of one subject where it is given. */
export type DecisionsWanted =
  | {
      readonly ids: readonly string[];
      /** `value` of the decision as it was shown: refused where it is about another one by now. */
      readonly value?: string;
    }
  | { readonly all: true; readonly subject?: string };

/**
 * What an administrator says of held takings, and how it is taken back. Each act is written with its line in the audit
 * log, and the people concerned are read again: nothing stored is replayed (law L11).
 */
export interface DecisionActs {
  /** Lets held takings pass the guard, as long as the source says the same when they are read again. */
  approve(enterpriseId: string, wanted: DecisionsWanted, by: By): Promise<number>;
  /** Keeps GetHomeSafe as it is until the source value changes; shows as drift. */
  refuse(enterpriseId: string, wanted: DecisionsWanted, by: By): Promise<number>;
  /** Takes a verdict back: the sync follows the source again. */
  release(enterpriseId: string, wanted: DecisionsWanted, by: By): Promise<number>;
  /** Held takings that nobody decided on in time count as refused (law L12); answers how many. */
  expire(): Promise<number>;
}

/** Decisions written in one transaction. */
const A_TRANSACTION = 500;

export function createDecisionActs(deps: RecordDeps): DecisionActs {
  const { store, clock } = deps;
  const rows = store.collection<DecisionRow>(DECISIONS);

  return {
    approve: (enterpriseId, wanted, by) => decide(enterpriseId, wanted, { verdict: 'approved', by }),
    refuse: (enterpriseId, wanted, by) => decide(enterpriseId, wanted, { verdict: 'refused', by }),
    release: (enterpriseId, wanted, by) => decide(enterpriseId, wanted, { verdict: null, by }),
    expire,
  };

  async function decide(
    enterpriseId: string,
    wanted: DecisionsWanted,
    { verdict, by }: { verdict: 'approved' | 'refused' | null; by: By },
  ): Promise<number> {
    const ids = 'ids' in wanted ? [...new Set(wanted.ids)] : await allOf(enterpriseId, { wanted, verdict });
    let decided = 0;
    for (let from = 0; from < ids.length; from += A_TRANSACTION) {
      const some = ids.slice(from, from + A_TRANSACTION);
      decided += await recordTransaction(deps, enterpriseId, async (session) => {
        const found = await rows.find({ _id: { $in: some }, enterpriseId }, { session }).toArray();
        if ('ids' in wanted) requireDecidable(some, found, { verdict, value: wanted.value });
        const open = found.filter((row) => isDecidable(row, verdict));
        await write(enterpriseId, open, { verdict, by, session });
        return open.length;
      });
    }
    return decided;
  }

  async function allOf(
    enterpriseId: string,
    { wanted, verdict }: { wanted: { readonly subject?: string }; verdict: Verdict | null },
  ): Promise<string[]> {
    const filter: Filter<DecisionRow> = {
      enterpriseId,
      verdict: verdict === null ? { $ne: 'held' } : 'held',
      ...(wanted.subject === undefined ? {} : { subject: wanted.subject }),
    };
    const found = await rows.find(filter).project<{ _id: string }>({ _id: 1 }).toArray();
    return found.map(({ _id }) => _id);
  }

  async function write(
    enterpriseId: string,
    open: readonly DecisionRow[],
    { verdict, by, session }: { verdict: Verdict | null; by: By; session: ClientSession },
  ): Promise<void> {
    if (open.length === 0) return;
    const ids = open.map(({ _id }) => _id);
    if (verdict === null) await rows.deleteMany({ _id: { $in: ids } }, { session });
    else {
      const said = { verdict, by: by.who, at: clock.now(), until: null, reason: by.reason ?? null };
      await rows.updateMany({ _id: { $in: ids } }, { $set: said }, { session });
    }
    raiseLive(session, enterpriseId, 'problems');
    // Ids of records only: the audit log outlives an erasure, and names nobody whom Entra knows.
    const about = open.map(({ userId, subject, verdict: was }) => ({ userId, subject, verdict: was }));
    const entry = { before: about, after: { verdict, reason: by.reason ?? null } };
    const what = verdict === null ? 'decision.released' : `decision.${verdict}`;
    await writeAudit(deps, session, { enterpriseId, who: by.who, what, ...entry });
    const calendars = open.filter(isAboutActivity).map(({ objectId }) => objectId);
    await notePeople(deps, { enterpriseId, objectIds: open.map(({ objectId }) => objectId), calendars }, session);
  }

  async function expire(): Promise<number> {
    const due: Filter<DecisionRow> = { verdict: 'held', until: { $lte: clock.now() } };
    const found = await rows.find(due).limit(A_TRANSACTION).toArray();
    let expired = 0;
    for (const enterpriseId of new Set(found.map((row) => row.enterpriseId))) {
      expired += await recordTransaction(deps, enterpriseId, async (session) => {
        const open = await rows
          .find({ ...due, enterpriseId }, { session })
          .limit(A_TRANSACTION)
          .toArray();
        const by = { who: 'guard', reason: 'nobody decided in time' };
        await write(enterpriseId, open, { verdict: 'refused', by, session });
        return open.length;
      });
    }
    return expired;
  }
}

/** What is held can be approved or refused; every other verdict can be taken back. */
function isDecidable({ verdict }: DecisionRow, wanted: Verdict | null): boolean {
  return wanted === null ? verdict !== 'held' : verdict === 'held';
}

function requireDecidable(
  ids: readonly string[],
  found: readonly DecisionRow[],
  { verdict, value }: { verdict: Verdict | null; value?: string | undefined },
): void {
  const missing = ids.find((id) => !found.some(({ _id }) => _id === id));
  if (missing !== undefined) {
    const text = `There is no decision ${missing} in this enterprise any more: what it was about has changed in Microsoft Entra ID, or somebody released it.`;
    throw new AppError('decision_not_found', text, { status: 404, field: 'decision', command: 'ghs decisions list' });
  }
  const other = found.find((row) => !isDecidable(row, verdict));
  if (other !== undefined) {
    const text =
      verdict === null
        ? `The decision ${other._id} is held by the guard: approve or refuse it.`
        : `The decision ${other._id} is ${other.verdict} already, by ${other.by}: release it first.`;
    throw new AppError('decision_not_open', text, { status: 409, field: 'decision' });
  }
  const changed = value === undefined ? undefined : found.find(({ valueHash }) => valueHash !== value);
  if (changed !== undefined) {
    const text = `The value that the decision ${changed._id} is about has changed since it was shown: look again, then decide.`;
    throw new AppError('value_changed', text, { status: 409, field: 'value' });
  }
}
