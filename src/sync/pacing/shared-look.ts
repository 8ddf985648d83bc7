import type { Clock } from '../../kernel/clock.js';

/**
 * Waits until there is something to do for an id: until a look names it, or `mostMs` are over; answers whether it was
 * named. Rejects with the signal's reason when it is aborted first, and with the error of a look that failed.
 */
export type SharedLook = (id: string, signal: AbortSignal, mostMs?: number) => Promise<boolean>;

/** However little the looks name, who waits has a look of its own this often: 10 s. */
const MOST_MS = 10_000;

interface Waiter {
  readonly untilMs: number;
  wake(isNamed: boolean): void;
  fail(error: unknown): void;
}

/**
 * One look for everybody who waits, instead of one each: most of the time there is nothing to do, and what nothing costs
 * must not grow with the number of tenants.
 *
 * @param deps.everyMs  pause between two looks; the first comes that long after somebody begins to wait
 * @param deps.find     which of these ids have something to do now
 */
export function createSharedLook(deps: {
  readonly clock: Clock;
  readonly everyMs: number;
  find(ids: readonly string[], now: Date): Promise<Iterable<string>>;
}): SharedLook {
  const { clock, everyMs } = deps;
  const waiting = new Map<string, Set<Waiter>>();
  let isLooking = false;
  return (id, signal, mostMs = MOST_MS) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leaving = () => {
        leave(id, waiter);
        signal.removeEventListener('abort', stop);
      };
      const fail = (error: unknown) => {
        leaving();
        reject(error);
      };
      const wake = (isNamed: boolean) => {
        leaving();
        resolve(isNamed);
      };
      const stop = () => fail(signal.reason);
      const waiter: Waiter = { untilMs: clock.nowMs() + mostMs, wake, fail };
      signal.addEventListener('abort', stop, { once: true });
      waiting.set(id, (waiting.get(id) ?? new Set()).add(waiter));
      if (!isLooking) void look();
    });

  async function look(): Promise<void> {
    isLooking = true;
    while (waiting.size > 0) {
      await clock.sleep(everyMs);
      try {
        const named = new Set(waiting.size > 0 ? await deps.find([...waiting.keys()], clock.now()) : []);
        for (const [id, waiters] of waiting)
          for (const waiter of waiters)
            if (named.has(id) || waiter.untilMs <= clock.nowMs()) waiter.wake(named.has(id));
      } catch (error) {
        for (const waiters of waiting.values()) for (const waiter of waiters) waiter.fail(error);
      }
    }
    isLooking = false;
  }

  function leave(id: string, waiter: Waiter): void {
    const waiters = waiting.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) waiting.delete(id);
  }
}
