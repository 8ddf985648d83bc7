import { HOUR_MS } from '../../../kernel/clock.js';

/** The longest a replica can lag: older states are forgotten. */
export const HISTORY_MS = HOUR_MS;

/** What one change did to one key, kept so that it can be undone for a reader in the past. */
export interface PastChange<T> {
  readonly atMs: number;
  readonly undo: T;
}

export interface DirectoryHistory<T> {
  note(key: string, atMs: number, undo: T): void;
  /** Changes of `key` after `cutoffMs`, newest first: undoing them in this order gives the state at the cutoff. */
  since(key: string, cutoffMs: number): readonly PastChange<T>[];
  /** Keys that changed within the history. */
  keys(): Iterable<string>;
}

/** Changes of the last hour by key; what did not change costs nothing. */
export function createDirectoryHistory<T>(): DirectoryHistory<T> {
  const byKey = new Map<string, PastChange<T>[]>();
  const order: { key: string; atMs: number }[] = [];
  let oldest = 0;

  return { note, since, keys: () => byKey.keys() };

  function note(key: string, atMs: number, undo: T): void {
    forget(atMs - HISTORY_MS);
    const changes = byKey.get(key);
    if (changes === undefined) byKey.set(key, [{ atMs, undo }]);
    else changes.push({ atMs, undo });
    order.push({ key, atMs });
  }

  function since(key: string, cutoffMs: number): readonly PastChange<T>[] {
    const found: PastChange<T>[] = [];
    const changes = byKey.get(key) ?? [];
    for (let index = changes.length - 1; index >= 0; index -= 1) {
      const change = changes[index];
      if (change === undefined || change.atMs <= cutoffMs) break;
      found.push(change);
    }
    return found;
  }

  function forget(beforeMs: number): void {
    for (let next = order[oldest]; next !== undefined && next.atMs < beforeMs; next = order[oldest]) {
      oldest += 1;
      const changes = byKey.get(next.key);
      changes?.shift();
      if (changes?.length === 0) byKey.delete(next.key);
    }
    if (oldest > 10_000) {
      order.splice(0, oldest);
      oldest = 0;
    }
  }
}
