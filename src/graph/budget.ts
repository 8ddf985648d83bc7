import type { Clock } from '../kernel/clock.js';
import { PRIORITIES, type Priority } from './types.js';

/** A tenant's share of Graph, in resource units; one a tenant, in the memory of its owner (law L3). */
export interface Budget {
  /** Resolves when the units may be spent; rejects with the signal's reason. */
  take(spend: {
    readonly units: number;
    readonly priority: Priority;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;
  /** Puts right what `take` estimated, once Graph has said what the call cost. */
  correct(estimatedUnits: number, actualUnits: number): void;
  /** Nobody goes before `ms` have passed: Graph said Retry-After. */
  close(ms: number): void;
  /** From now on so many resource units in 10 s: the tenant is of another size than was known. */
  allow(resourceUnitsPer10s: number): void;
  /** Resource units in 10 s. */
  allowed(): number;
  /** Callers that wait now. */
  waiting(): number;
}

interface Waiter {
  readonly units: number;
  readonly rank: number;
  go(): void;
}

const WINDOW_MS = 10_000;

/** From so many users on Graph allows an application no more. Source: that of `plannedUnitsPer10s`. */
export const LARGE_TENANT_FROM = 501;

/**
 * Resource units in 10 s that we plan to use of what Graph allows one application in a tenant of this size: nine
 * tenths, because our estimates differ a little from Graph's own count.
 *
 * Source: Microsoft Graph throttling limits, identity and access: 3,500 below 50 users, 5,000 to 500, 8,000 above.
 */
export function plannedUnitsPer10s(users: number): number {
  const allowed = users < 50 ? 3_500 : users < LARGE_TENANT_FROM ? 5_000 : 8_000;
  return allowed * 0.9;
}

/**
 * A token bucket of resource units with a waiting line: who has the higher priority goes first, among equals who came
 * first. Lives in the memory of the tenant's owner.
 */
export function createBudget(deps: { clock: Clock; resourceUnitsPer10s: number; burstMs?: number }): Budget {
  let allowed = deps.resourceUnitsPer10s;
  const line: Waiter[] = [];
  let level = capacity();
  let filledAtMs = deps.clock.nowMs();
  let closedUntilMs = 0;
  let running = false;
  let wake = new AbortController();

  return { take, correct, close, allow, allowed: () => allowed, waiting: () => line.length };

  function take(spend: { units: number; priority: Priority; signal?: AbortSignal | undefined }): Promise<void> {
    const { signal } = spend;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { units } = spend;
    if (line.length === 0 && waitMs(units) === 0) {
      level -= affordable(units);
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
        level -= affordable(head.units);
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
    const unitsPerMs = allowed / WINDOW_MS;
    level = Math.min(capacity(), level + Math.max(0, nowMs - filledAtMs) * unitsPerMs);
    filledAtMs = nowMs;
    const short = Math.ceil(Math.max(0, affordable(units) - level) / unitsPerMs);
    return Math.max(short, closedUntilMs - nowMs, 0);
  }

  function correct(estimatedUnits: number, actualUnits: number): void {
    level = Math.min(capacity(), level + estimatedUnits - actualUnits);
  }

  function allow(resourceUnitsPer10s: number): void {
    if (resourceUnitsPer10s === allowed) return;
    // What went by until now filled it at the old pace.
    waitMs(0);
    allowed = resourceUnitsPer10s;
    wake.abort();
  }

  /** So much time's worth may go at once after a rest. */
  function capacity(): number {
    return (allowed / WINDOW_MS) * (deps.burstMs ?? WINDOW_MS);
  }

  /** A call dearer than the whole bucket waits for a full one instead of for ever. */
  function affordable(units: number): number {
    return Math.min(units, capacity());
  }

  function close(ms: number): void {
    closedUntilMs = Math.max(closedUntilMs, deps.clock.nowMs() + ms);
  }
}
