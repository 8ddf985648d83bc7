/** The last entries of something endless. */
export interface BoundedLog<T> {
  add(entry: T): void;
  /** Oldest first. */
  entries(): readonly T[];
  /** How many were ever added, those already forgotten included. */
  total(): number;
  clear(): void;
}

/** Keeps at most `limit` entries and forgets the oldest. */
export function createBoundedLog<T>(limit: number): BoundedLog<T> {
  let kept: T[] = [];
  let total = 0;
  return {
    add: (entry) => {
      kept.push(entry);
      total += 1;
      // Cut in large steps, so that adding stays cheap.
      if (kept.length >= 2 * limit) kept = kept.slice(-limit);
    },
    entries: () => kept.slice(-limit),
    total: () => total,
    clear: () => {
      kept = [];
      total = 0;
    },
  };
}
