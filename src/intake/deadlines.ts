import type { Clock } from '../kernel/clock.js';

/** Requests that begin within this time share a timer; the later ones are given up that much early. */
const SHARED_MS = 20;

export interface Deadlines {
  /** Calls `onLate` once the limit has passed; the returned function calls that off. */
  start(onLate: () => void): () => void;
}

/** One bound for many requests, without a timer for each of them. */
export function createDeadlines(clock: Clock, limitMs: number): Deadlines {
  let open = { untilMs: Number.NEGATIVE_INFINITY, waiting: new Set<() => void>() };

  return {
    start: (onLate) => {
      const nowMs = clock.nowMs();
      // A clock set back must not leave anybody with an old timer.
      if (nowMs >= open.untilMs || nowMs < open.untilMs - SHARED_MS) open = openAt(nowMs);
      const { waiting } = open;
      waiting.add(onLate);
      return () => waiting.delete(onLate);
    },
  };

  function openAt(nowMs: number) {
    const waiting = new Set<() => void>();
    void clock.sleep(limitMs).then(() => {
      for (const onLate of waiting) onLate();
    });
    return { untilMs: nowMs + SHARED_MS, waiting };
  }
}
