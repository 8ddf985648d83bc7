import type { Clock } from '../../src/kernel/clock.js';
import { type Sleeper, sleepAmong } from './sleepers.js';

export interface ManualClock extends Clock {
  /** Moves time on; sleepers wake in the order in which they are due, each at its own instant. */
  advance(ms: number): Promise<void>;
  /** Sets the time without waking anybody in between; it may go backwards. */
  set(at: Date | string | number): void;
  /** How many sleep. */
  sleeping(): number;
}

/** A clock moved by hand. */
export function createManualClock(start: Date | string | number = '2026-01-05T09:00:00.000Z'): ManualClock {
  let nowMs = new Date(start).getTime();
  const sleepers = new Set<Sleeper>();

  return {
    nowMs: () => nowMs,
    now: () => new Date(nowMs),
    sleep,
    advance,
    set: (at) => {
      nowMs = new Date(at).getTime();
    },
    sleeping: () => sleepers.size,
  };

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms > 0) return sleepAmong(sleepers, { dueMs: nowMs + ms, signal });
    signal?.throwIfAborted();
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await settle();
    for (let next = nextDue(untilMs); next !== undefined; next = nextDue(untilMs)) {
      nowMs = Math.max(nowMs, next.dueMs);
      next.wake();
      await settle();
    }
    nowMs = untilMs;
    await settle();
  }

  function nextDue(untilMs: number): Sleeper | undefined {
    return [...sleepers].filter((sleeper) => sleeper.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Lets what was woken run on to its next wait. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
