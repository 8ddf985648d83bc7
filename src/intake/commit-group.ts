import { changeId } from '../changes/change-document.js';
import type { Note } from '../changes/types.js';
import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';

/** `doubtful`: the notes may or may not be stored; `full`: they were not taken. Either way the sender must send again. */
export type Committed =
  | { readonly result: 'stored' }
  | { readonly result: 'full' }
  | { readonly result: 'doubtful'; readonly reason: string };

export interface CommitGroup {
  /** Resolves once every note is in an acknowledged bulk, or as soon as one is in doubt; never rejects. */
  commit(notes: readonly Note[]): Promise<Committed>;
}

export interface CommitLimits {
  /** Wait for company while nothing is being written; 0 is one turn of the timers, about 1 ms. */
  readonly windowMs: number;
  /** Most things in one bulk. */
  readonly keys: number;
  /** Bulks written at the same time. */
  readonly inFlight: number;
  /** Most notes that wait or are being written. */
  readonly waiting: number;
  /** A group that waited this long is given up: all its requests have been answered 503. */
  readonly staleMs: number;
}

/** Law L1: at most 5 ms and 1,000 keys a group. */
export const COMMIT_LIMITS: CommitLimits = {
  windowMs: 0,
  keys: 1_000,
  inFlight: 1,
  waiting: 50_000,
  staleMs: 2_000,
};

interface Group {
  readonly notes: Note[];
  readonly keys: Set<string>;
  readonly openedAtMs: number;
  readonly done: Promise<Committed>;
  readonly settle: (committed: Committed) => void;
}

/**
 * Writes the notes of many requests together, so that one journal flush serves all of them. While bulks are being
 * written the next group gathers; it starts as soon as one of them ends.
 */
export function createCommitGroup(deps: {
  note: (notes: readonly Note[]) => Promise<void>;
  clock: Clock;
  limits?: CommitLimits;
}): CommitGroup {
  const { note, clock } = deps;
  const limits = deps.limits ?? COMMIT_LIMITS;
  const groups: Group[] = [];
  let inFlight = 0;
  let held = 0;
  let isGathering = false;

  return { commit };

  async function commit(notes: readonly Note[]): Promise<Committed> {
    if (notes.length === 0) return { result: 'stored' };
    if (held > 0 && held + notes.length > limits.waiting) return { result: 'full' };
    held += notes.length;
    const joined = new Set<Group>();
    for (const each of notes) joined.add(join(each));
    start();
    for (const group of joined) {
      const committed = await group.done;
      if (committed.result !== 'stored') return committed;
    }
    return { result: 'stored' };
  }

  function join(each: Note): Group {
    const last = groups.at(-1);
    const group = last !== undefined && last.keys.size < limits.keys ? last : openGroup(clock.nowMs());
    if (group !== last) groups.push(group);
    group.notes.push(each);
    group.keys.add(changeId(each));
    return group;
  }

  function start(): void {
    if (isGathering || inFlight === limits.inFlight) return;
    const isFull = (groups[0]?.keys.size ?? 0) >= limits.keys;
    if (isFull) {
      writeNext();
      return;
    }
    isGathering = true;
    void clock.sleep(limits.windowMs).then(() => {
      isGathering = false;
      writeNext();
    });
  }

  function writeNext(): void {
    while (inFlight < limits.inFlight) {
      const group = groups.shift();
      if (group === undefined) return;
      inFlight += 1;
      void write(group).then((committed) => {
        inFlight -= 1;
        held -= group.notes.length;
        group.settle(committed);
        writeNext();
      });
    }
  }

  async function write(group: Group): Promise<Committed> {
    if (clock.nowMs() - group.openedAtMs > limits.staleMs) return { result: 'doubtful', reason: 'waited too long' };
    try {
      await note(group.notes);
      return { result: 'stored' };
    } catch (error) {
      return { result: 'doubtful', reason: messageOf(error) };
    }
  }
}

function openGroup(openedAtMs: number): Group {
  let settle: (committed: Committed) => void = () => {};
  const done = new Promise<Committed>((resolve) => {
    settle = resolve;
  });
  return { notes: [], keys: new Set(), openedAtMs, done, settle };
}
