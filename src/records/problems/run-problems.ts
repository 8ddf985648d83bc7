import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { CalendarProblem } from '../../projection/calendar/types.js';
import type { Problem } from '../../projection/types.js';
import type { Store } from '../../store/connect.js';
import type { IndexDefinition } from '../../store/indexes.js';
import type { ProblemRow } from '../types.js';
import { problemIdOf } from './problems.js';

/** A problem that a run met; it stays in the history of the run when the problem itself has ended. */
export interface RunProblemRow extends Omit<ProblemRow, 'openedAt' | 'visibleAt' | 'code'> {
  /** `unread`: nothing is known of the person now. */
  readonly code: Problem['code'] | CalendarProblem['code'] | 'unread';
  /** `run:objectId:code:subject`: a run that meets the same problem twice keeps it once. */
  readonly _id: string;
  readonly runId: string;
  readonly at: Date;
}

export const RUN_PROBLEMS = 'runProblems';

export const RUN_PROBLEM_INDEXES: readonly IndexDefinition[] = [
  {
    collection: RUN_PROBLEMS,
    name: 'by_run',
    keys: { runId: 1, _id: 1 },
    serves: 'what kept people from being in step',
  },
  {
    collection: RUN_PROBLEMS,
    name: 'by_person',
    keys: { enterpriseId: 1, objectId: 1 },
    serves: 'export and erasure of a person',
  },
];

export interface MetProblems {
  readonly enterpriseId: string;
  readonly runId: string;
  readonly objectId: string;
  readonly userId: string | null;
  /** Problems of the person that were open before. */
  readonly present: readonly ProblemRow[];
  readonly problems: readonly Problem[];
  readonly now: Date;
}

/** What is kept of them: every error, and the warnings that are new; the same thousands again would hide the rest. */
export function runProblemRows(met: MetProblems): RunProblemRow[] {
  const { enterpriseId, runId, objectId, userId, now: at } = met;
  const known = new Set(met.present.map(({ _id }) => _id));
  return met.problems
    .filter((problem) => problem.severity === 'error' || !known.has(problemIdOf({ enterpriseId, objectId }, problem)))
    .map(({ code, severity, subject, message, remedy }) => ({
      _id: `${runId}:${objectId}:${code}:${subject ?? ''}`,
      ...{ enterpriseId, runId, objectId, userId, code, severity, subject, message, remedy, at },
    }));
}

/** What a run met of a calendar; all of it warnings. */
export function calendarWarningRows(
  about: Pick<MetProblems, 'enterpriseId' | 'runId' | 'objectId' | 'userId' | 'now'>,
  warnings: readonly CalendarProblem[],
): RunProblemRow[] {
  const { now: at, ...whose } = about;
  return warnings.map(({ code, subject, message, remedy }) => ({
    _id: `${about.runId}:${about.objectId}:${code}:${subject ?? ''}`,
    ...{ ...whose, code, severity: 'warning' as const, subject, message, remedy, at },
  }));
}

/** Keeps them with their run. Repeatable: what the run met before stays as it was. */
export async function keepRunProblems(
  store: Store,
  rows: readonly RunProblemRow[],
  session?: ClientSession,
): Promise<void> {
  if (rows.length === 0) return;
  const operations = rows.map(({ _id, ...fields }): AnyBulkWriteOperation<RunProblemRow> => {
    return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } };
  });
  const options = { ordered: false, ...(session ? { session } : {}) };
  await store.collection<RunProblemRow>(RUN_PROBLEMS).bulkWrite(operations, options);
}

/** Lets go of what a run met of people whom it looks at once more: what it meets then is the truth. */
export async function forgetRunProblems(
  store: Store,
  { enterpriseId, runId, objectIds }: Pick<MetProblems, 'enterpriseId' | 'runId'> & { objectIds: readonly string[] },
): Promise<void> {
  if (objectIds.length === 0) return;
  const filter = { enterpriseId, runId, objectId: { $in: [...objectIds] } };
  await store.collection<RunProblemRow>(RUN_PROBLEMS).deleteMany(filter);
}
