import { changeId } from '../changes/change-document.js';
import { HeldUp } from '../changes/note-changes.js';
import type { Note } from '../changes/types.js';
import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import { chunksOf } from '../kernel/lists.js';

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
  /**
   * How long one thing that an open transaction holds may hold up the others of its group, beside what the writing of
   * them takes. A transaction of ours takes some 20 ms; only that of a process that died in it takes longer, until its tenant is taken over. Who waits for the
   * majority waits beside the line from then on.
   */
  readonly heldUpMs: number;
  /** Into so many parts a group that was held up is divided, to find whom that concerns. */
  readonly parts: number;
}

/** Law L1: at most 5 ms and 1,000 keys a group. */
export const COMMIT_LIMITS: CommitLimits = {
  windowMs: 0,
  keys: 1_000,
  inFlight: 1,
  waiting: 50_000,
  staleMs: 2_000,
  heldUpMs: 300,
  parts: 16,
};

/** What one request has in one group. */
interface Entry {
  readonly notes: Note[];
  readonly openedAtMs: number;
  readonly done: Promise<Committed>;
  readonly settle: (committed: Committed) => void;
}

interface Group {
  readonly entries: Entry[];
  readonly keys: Set<string>;
  readonly openedAtMs: number;
}

/**
 * Writes the notes of many requests together, so that one journal flush serves all of them. While bulks are being
 * written the next group gathers; it starts as soon as one of them ends.
 */
export function createCommitGroup(deps: {
  /** Rejects with `HeldUp` where it came to no end in time. */
  note: (notes: readonly Note[], withinMs: number) => Promise<void>;
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
    const entries = join(notes);
    start();
    for (const entry of entries) {
      const committed = await entry.done;
      if (committed.result !== 'stored') return committed;
    }
    return { result: 'stored' };
  }

  function join(notes: readonly Note[]): readonly Entry[] {
    const joined = new Map<Group, Entry>();
    for (const each of notes) {
      const group = groupWithRoom();
      let entry = joined.get(group);
      if (entry === undefined) {
        entry = openEntry(group.openedAtMs);
        joined.set(group, entry);
        group.entries.push(entry);
      }
      entry.notes.push(each);
      group.keys.add(changeId(each));
    }
    return [...joined.values()];
  }

  function groupWithRoom(): Group {
    const last = groups.at(-1);
    if (last !== undefined && last.keys.size < limits.keys) return last;
    const group: Group = { entries: [], keys: new Set(), openedAtMs: clock.nowMs() };
    groups.push(group);
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
      void write(group.entries, boundMs(group.entries)).then((heldUp) => {
        inFlight -= 1;
        // Nobody else waits for what is held up.
        if (heldUp) void writeAgain(group.entries, heldUp);
        writeNext();
      });
    }
  }

  /** Answers the requests, but for those that were held up: null where there are none. */
  async function write(entries: readonly Entry[], withinMs: number): Promise<HeldUp | null> {
    if (leftMs(entries) < 0) return settle(entries, { result: 'doubtful', reason: 'waited too long' });
    try {
      await note(
        entries.flatMap(({ notes }) => notes),
        withinMs,
      );
      return settle(entries, { result: 'stored' });
    } catch (error) {
      return error instanceof HeldUp ? error : settle(entries, { result: 'doubtful', reason: messageOf(error) });
    }
  }

  /** What a transaction holds up: smaller and smaller parts, until only the requests that it concerns are left. */
  async function writeAgain(entries: readonly Entry[], { by }: HeldUp): Promise<void> {
    if (by === 'majority' || entries.length === 1) return writeLast(entries);
    const parts = chunksOf(entries, Math.ceil(entries.length / limits.parts));
    const writing = [...parts].map(async (part) => {
      const heldUp = await write(part, boundMs(part));
      if (heldUp) await writeAgain(part, heldUp);
    });
    await Promise.all(writing);
  }

  /** As long as there is somebody to answer. */
  async function writeLast(entries: readonly Entry[]): Promise<void> {
    const heldUp = await write(entries, Math.max(1, leftMs(entries)));
    if (heldUp) settle(entries, { result: 'doubtful', reason: heldUp.message });
  }

  /** A busy server takes up to a millisecond for a note that nothing holds up. */
  function boundMs(entries: readonly Entry[]): number {
    return limits.heldUpMs + entries.reduce((sum, { notes }) => sum + notes.length, 0);
  }

  /** Until the requests are answered 503 anyway. */
  function leftMs(entries: readonly Entry[]): number {
    return (entries[0]?.openedAtMs ?? 0) + limits.staleMs - clock.nowMs();
  }

  function settle(entries: readonly Entry[], committed: Committed): null {
    for (const entry of entries) {
      held -= entry.notes.length;
      entry.settle(committed);
    }
    return null;
  }
}

function openEntry(openedAtMs: number): Entry {
  let settle: (committed: Committed) => void = () => {};
  const done = new Promise<Committed>((resolve) => {
    settle = resolve;
  });
  return { notes: [], openedAtMs, done, settle };
}
