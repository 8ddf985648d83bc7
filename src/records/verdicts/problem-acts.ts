import { AppError, type AppErrorOptions } from '../../kernel/app-error.js';
import type { ProblemCode } from '../../projection/types.js';
import { hashOf, problemSubject } from '../../projection/verdicts/decision.js';
import { writeAudit } from '../../store/audit-log.js';
import { raiseLive } from '../../store/live.js';
import type { MergePeople } from '../merge/merge-people.js';
import { mirroredPerson, tenantOf } from '../people/directory-facts.js';
import { recordTransaction } from '../people/record-transaction.js';
import type { By } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import { DECISIONS, type DecisionRow, PROBLEMS, type ProblemRow, USERS, type UserRow } from '../types.js';

/** What an administrator says of open problems (law L11); each holds until the problem is another one or released. */
export interface ProblemActs {
  /** Not to be shown any more. */
  ignore(enterpriseId: string, problemIds: readonly string[], by: By): Promise<number>;
  /** The two profiles behind one address are two people: nobody is linked, and the clash is not shown any more. */
  keepApart(enterpriseId: string, problemIds: readonly string[], by: By): Promise<number>;
  /**
   * The profile that has the address is this person: it is linked to the directory person and kept (S37). Refused where
   * the address is held by nobody of this enterprise, or by a profile that is linked to somebody else.
   */
  link(enterpriseId: string, problemId: string, by: By): Promise<UserRow>;
}

/** Clashes of an address, which are about two people. */
const ABOUT_TWO: ReadonlySet<ProblemCode> = new Set(['duplicate_email', 'duplicate_email_in_source']);

export function createProblemActs(deps: RecordDeps & { mergePeople: MergePeople }): ProblemActs {
  const { store, clock, mergePeople } = deps;
  const problems = store.collection<ProblemRow>(PROBLEMS);
  const decisions = store.collection<DecisionRow>(DECISIONS);

  return {
    ignore: (enterpriseId, ids, by) => close(enterpriseId, ids, { verdict: 'ignored', by }),
    keepApart: (enterpriseId, ids, by) => close(enterpriseId, ids, { verdict: 'kept_apart', by }),
    link: async (enterpriseId, problemId, by) => {
      const { objectId } = await clash(enterpriseId, problemId);
      // Both may change until the merge begins, which looks again.
      const holder = await holderOf(enterpriseId, objectId);
      return mergePeople.linkExisting({ enterpriseId, objectId, ...holder }, by);
    },
  };

  async function clash(enterpriseId: string, problemId: string): Promise<ProblemRow> {
    const problem = await problems.findOne({ _id: problemId, enterpriseId });
    if (problem === null) throw notFound(problemId);
    if (problem.code === 'duplicate_email') return problem;
    const text = `The problem ${problemId} is not about an address that a profile in GetHomeSafe has: there is nobody to link.`;
    throw refusal('problem_without_holder', text);
  }

  /** The profile of this enterprise that has the address which the directory person wants. */
  async function holderOf(
    enterpriseId: string,
    objectId: string,
  ): Promise<{ readonly userId: string; readonly emailKey: string }> {
    const tenantId = await tenantOf(store, enterpriseId);
    const wanted = tenantId && (await mirroredPerson(store, { tenantId, objectId }))?.wantedEmailKey;
    const holder = wanted ? await store.collection<UserRow>(USERS).findOne({ emailKey: wanted, enterpriseId }) : null;
    if (holder && wanted) return { userId: holder._id, emailKey: wanted };
    const text =
      'The address is not held by a profile of this enterprise: contact support, or correct the address in Entra.';
    throw refusal('problem_without_holder', text);
  }

  function close(
    enterpriseId: string,
    problemIds: readonly string[],
    { verdict, by }: { verdict: 'ignored' | 'kept_apart'; by: By },
  ): Promise<number> {
    const ids = [...new Set(problemIds)];
    return recordTransaction(deps, enterpriseId, async (session) => {
      const found = await problems.find({ _id: { $in: ids }, enterpriseId }, { session }).toArray();
      requireClosable(ids, found, verdict);
      for (const problem of found) {
        const { _id, ...row } = decisionOn(problem, { verdict, by });
        await decisions.updateOne({ _id }, { $set: row }, { session, upsert: true });
      }
      await problems.deleteMany({ _id: { $in: ids } }, { session });
      raiseLive(session, enterpriseId, 'problems');
      // Ids of records only: the audit log outlives an erasure, and names nobody whom Entra knows.
      const before = found.map(({ userId, code, subject }) => ({ userId, code, subject }));
      const entry = { before, after: { verdict, reason: by.reason ?? null } };
      await writeAudit(deps, session, { enterpriseId, who: by.who, what: `problem.${verdict}`, ...entry });
      return found.length;
    });
  }

  function decisionOn(
    problem: ProblemRow,
    { verdict, by }: { verdict: 'ignored' | 'kept_apart'; by: By },
  ): DecisionRow {
    const { enterpriseId, objectId, userId, message } = problem;
    const subject = problemSubject(problem);
    return {
      _id: `${enterpriseId}:${objectId}:${subject}`,
      ...{ enterpriseId, objectId, userId, subject, valueHash: hashOf(message), verdict },
      ...{ by: by.who, at: clock.now(), until: null, reason: by.reason ?? null },
    };
  }
}

function requireClosable(
  ids: readonly string[],
  found: readonly ProblemRow[],
  verdict: 'ignored' | 'kept_apart',
): void {
  const missing = ids.find((id) => !found.some(({ _id }) => _id === id));
  if (missing !== undefined) throw notFound(missing);
  const held = found.find(({ code }) => code === 'held');
  if (held !== undefined)
    throw refusal('problem_is_held', 'What the guard holds is approved or refused, under Held changes.', {
      command: 'ghs decisions list --verdict held',
    });
  const single = found.find(({ code }) => !ABOUT_TWO.has(code));
  if (verdict === 'kept_apart' && single !== undefined)
    throw refusal(
      'problem_about_one',
      `The problem ${single._id} is not about two people with one address: ignore it instead.`,
    );
}

function notFound(problemId: string): AppError {
  const text = `There is no open problem ${problemId} in this enterprise.`;
  return refusal('problem_not_found', text, { status: 404, command: 'ghs problems list' });
}

function refusal(code: string, text: string, options: Pick<AppErrorOptions, 'status' | 'command'> = {}): AppError {
  return new AppError(code, text, { status: 409, field: 'problem', ...options });
}
