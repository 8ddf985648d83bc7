import { createHash } from 'node:crypto';
import type { PlannedChange, Problem } from '../types.js';

/**
 * What somebody said about one value for one person (law L11). `held`: the guard waits for somebody; `approved`: may be
 * taken in spite of the guard, once; `refused`: not approved, or nobody answered in time; `declined`: undone;
 * `ignored`, `kept_apart`: a problem that is not shown until its cause is another.
 */
export const VERDICTS = ['held', 'approved', 'refused', 'declined', 'ignored', 'kept_apart'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A decision as the rules see it. */
export interface Decision {
  /** `create`, `archive`, `restore`, `field:FIELD`, `team:ID`, `activity:KEY` or `problem:CODE:SUBJECT`. */
  readonly subject: string;
  /** `hashOf` the source value that the verdict is about: another value is another question. */
  readonly valueHash: string;
  readonly verdict: Verdict;
  readonly by: string;
  readonly at: Date;
  /** `held`: when it counts as refused (law L12). */
  readonly until: Date | null;
}

/** What a decision about this change is filed under: one open question for each. */
export function subjectOf(change: PlannedChange): string {
  switch (change.kind) {
    case 'create':
    case 'archive':
    case 'restore':
      return change.kind;
    case 'update':
      return `field:${change.field}`;
    case 'join':
    case 'leave':
      return `team:${change.teamId}`;
  }
}

/** The value at the source that the change follows; the decision holds for as long as it stays. */
export function sourceValueOf(change: PlannedChange): unknown {
  switch (change.kind) {
    case 'create':
      return change.organisationId;
    case 'archive':
      return change.reason;
    case 'restore':
      return 'live';
    case 'update':
    case 'join':
      return change.after;
    case 'leave':
      return [];
  }
}

export function problemSubject({ code, subject }: Pick<Problem, 'code' | 'subject'>): string {
  return subject === null ? `problem:${code}` : `problem:${code}:${subject}`;
}

/** Names a value without telling it: SHA-256 of its JSON, 22 characters. */
export function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url')
    .slice(0, 22);
}
