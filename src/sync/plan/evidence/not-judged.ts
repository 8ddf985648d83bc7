import type { Problem, ProblemCode } from '../../../projection/types.js';
import { problemSubject } from '../../../projection/verdicts/decision.js';
import type { Draft } from '../decide.js';

/** Refusals of an address (E22 to E31). */
const ADDRESS = ['duplicate_email', 'duplicate_email_in_source'] as const satisfies readonly ProblemCode[];

/**
 * What a read says nothing of, because what it would take has to wait: for the person's own read, as after a mailbox or
 * a list, or for something that ripens. Whether the address is free and what the guard holds is judged once it may be
 * taken; until then it stays as it was.
 */
export interface NotJudged {
  /** Those of the open problems that stay, and nothing that is found anew. */
  problems(open: readonly Problem[]): readonly Problem[];
  /** Those of the states that the person waited for and goes on waiting for. */
  waits(before: readonly string[]): readonly string[];
  /** Whether a verdict is about something of which nothing is known now. */
  concerns(verdict: { readonly subject: string }): boolean;
}

export function notJudged({ projection, mayTake }: Pick<Draft, 'projection' | 'mayTake'>): NotJudged {
  const takes = mayTake ? [] : projection.takes;
  const movesAddress = takes.some(({ taking }) => taking === 'email_change');
  const codes: readonly ProblemCode[] = [
    ...(movesAddress ? ADDRESS : []),
    ...(takes.length > 0 ? ['held' as const] : []),
  ];
  const states = [...(movesAddress ? ['email:'] : []), ...(takes.length > 0 ? ['approval:'] : [])];
  return {
    problems: (open) =>
      open
        .filter(({ code }) => codes.includes(code))
        .map(({ code, severity, subject, message, remedy }) => ({ code, severity, subject, message, remedy })),
    waits: (before) => before.filter((state) => states.some((beginning) => state.startsWith(beginning))),
    concerns: ({ subject }) => codes.some((code) => subject.startsWith(problemSubject({ code, subject: null }))),
  };
}
