import { type RunProblemRow, runProblemRows } from '../../records/problems/run-problems.js';
import type { BatchPlan } from './plan-people.js';

interface Meeting {
  readonly enterpriseId: string;
  readonly runId: string;
  readonly now: Date;
}

/** The problems of a batch that belong into the history of the run which planned it. */
export function problemsMet({ people, inputs }: BatchPlan, { enterpriseId, runId, now }: Meeting): RunProblemRow[] {
  return people.flatMap(({ draft, problems }) => {
    if (problems.length === 0) return [];
    const { objectId } = draft.read;
    const present = inputs.problems.get(objectId) ?? [];
    const userId = draft.user?._id ?? null;
    return runProblemRows({ enterpriseId, runId, objectId, userId, present, problems, now });
  });
}
