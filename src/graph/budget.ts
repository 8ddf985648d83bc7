import type { Clock } from '../kernel/clock.js';
import { type Budget, PRIORITIES, type Priority } from './types.js';

interface Waiter {
  readonly units: number;
  readonly rank: number;
  go(): void;
}

const WINDOW_MS = 10_000;

/**
 * Resource units in 10 s that we plan to use of what Graph allows one application in a tenant of this size: nine
 * tenths, because our estimates differ a little from Graph's own count.
 *
 * Source: Microsoft Graph throttling limits, identity and access: 3,500 below 50 users, 5,000 to 500, 8,000 above.
 */
export function plannedUnitsPer10s(users: number): number {
  const allowed = users < 50 ? 3_500 : users <= 500 ? 5_000 : 8_000;
  return allowed * 0.9;
}

/**
 * A token bucket of resource units with a waiting line: who has the higher priority goes first, among equals who came
 * first. Lives in the memory of the tenant's owner.
 */
export function createBudget(deps: { clock: Clock; resourceUnitsPer10s: number; burstMs?: number }): Budget {
  const unitsPerMs = deps.resourceUnitsPer10s / WINDOW_MS;
  // So much time's worth may go at once after a rest.
  const capacity = unitsPerMs * (deps.burstMs ?? WINDOW_MS);
  const line: Waiter[] = [];
  let level = capacity;
  let filledAtMs = deps.clock.nowMs();
  let closedUntilMs = 0;
  let running = false;
  let wake = new AbortController();

  return { take, correct, close, waiting: () => line.length };

  function take(spend: { units: number; priority: Priority; signal?: AbortSignal | undefined }): Promise<void> {
    const { signal } = spend;
    if (signal?.aborted) return Promise.reject(signal.reason);
    // A call dearer than the whole bucket waits for a full one instead of for ever.
    const units = Math.min(spend.units, capacity);
    if (line.length === 0 && waitMs(units) === 0) {
      level -= units;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        line.splice(line.indexOf(waiter), 1);
        wake.abort();
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        units,
        rank: PRIORITIES.indexOf(spend.priority),
        go: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue(waiter);
    });
  }

  function queue(waiter: Waiter): void {
    const place = line.findIndex((other) => other.rank > waiter.rank);
    line.splice(place === -1 ? line.length : place, 0, waiter);
    // A new head may need fewer units than the one slept for.
    if (line[0] === waiter) wake.abort();
    if (!running) void run();
  }

  async function run(): Promise<void> {
    running = true;
    while (line.length > 0) {
      const [head] = line;
      if (head === undefined) break;
      const ms = waitMs(head.units);
      if (ms === 0) {
        line.shift();
        level -= head.units;
        head.go();
        continue;
      }
      wake = new AbortController();
      await deps.clock.sleep(ms, wake.signal).catch(() => undefined);
    }
    running = false;
  }

  function waitMs(units: number): number {
    const nowMs = deps.clock.nowMs();
    level = Math.min(capacity, level + Math.max(0, nowMs - filledAtMs) * unitsPerMs);
    filledAtMs = nowMs;
    const short = Math.ceil(Math.max(0, units - level) / unitsPerMs);
    return Math.max(short, closedUntilMs - nowMs, 0);
  }

  function correct(estimatedUnits: number, actualUnits: number): void {
    level = Math.min(capacity, level + estimatedUnits - actualUnits);
  }

  function close(ms: number): void {
    closedUntilMs = Math.max(closedUntilMs, deps.clock.nowMs() + ms);
  }
}
