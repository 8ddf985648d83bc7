import { GraphFailure } from '../../graph/graph-failure.js';
import { AppError } from '../../kernel/app-error.js';
import { runFailureOf } from '../../sync/admission/run-failure.js';

/** What passes by itself, or with another try. */
const PASSING: ReadonlySet<string> = new Set(['throttled', 'network', 'timeout']);

/** Somebody waits for an answer of Graph: its failure in words, with the code that a run would fail with. */
export function entraProblem(failure: GraphFailure): AppError {
  const { code } = runFailureOf(failure);
  return new AppError(code, failure.message, { status: PASSING.has(code) ? 503 : 409, cause: failure });
}

export async function askedOfEntra<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof GraphFailure ? entraProblem(error) : error;
  }
}
