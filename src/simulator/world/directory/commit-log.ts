import { DAY_MS } from '../../../kernel/clock.js';
import type { Commit } from '../types.js';
import { firstIndex } from './first-index.js';

/** A day more than a delta token lives: older commits are needed by nobody. */
const KEPT_MS = 8 * DAY_MS;

export interface CommitLog {
  append(commit: Omit<Commit, 'sequence'>): Commit;
  after(sequence: number): readonly Commit[];
  latestSequence(): number;
  /** The last sequence committed at or before `atMs`. */
  sequenceAt(atMs: number): number;
  onCommit(listener: (commit: Commit) => void): void;
}

/** The commits of one tenant in order; the first has the sequence 1. */
export function createCommitLog(): CommitLog {
  const commits: Commit[] = [];
  const listeners: ((commit: Commit) => void)[] = [];
  let latest = 0;

  return { append, after, latestSequence: () => latest, sequenceAt, onCommit: (listener) => listeners.push(listener) };

  function append(parts: Omit<Commit, 'sequence'>): Commit {
    latest += 1;
    const commit = { ...parts, sequence: latest };
    commits.push(commit);
    const outlived = commits.findIndex((each) => each.atMs > commit.atMs - KEPT_MS);
    if (outlived > 1_000) commits.splice(0, outlived);
    for (const listener of listeners) listener(commit);
    return commit;
  }

  function after(sequence: number): readonly Commit[] {
    const first = commits[0]?.sequence ?? latest + 1;
    return commits.slice(Math.max(0, sequence + 1 - first));
  }

  function sequenceAt(atMs: number): number {
    const later = firstIndex(commits.length, (index) => (commits[index]?.atMs ?? 0) > atMs);
    return (commits[0]?.sequence ?? latest + 1) + later - 1;
  }
}
