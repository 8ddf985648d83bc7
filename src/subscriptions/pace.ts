import { createBudget } from '../graph/budget.js';
import { LONGEST_CLOSED_MS } from '../graph/client/repeated.js';
import type { GraphFailure } from '../graph/graph-failure.js';
import { type Clock, SECOND_MS } from '../kernel/clock.js';

/**
 * Calls for subscriptions in 10 s that we plan, and how many seconds' worth may go at once: in any 20 s nine tenths of
 * what Graph allows an application in a tenant.
 *
 * Source: Microsoft Graph throttling limits, subscriptions (older copy): 1,000 writes in 20 s.
 */
const PACE = { resourceUnitsPer10s: 420, burstMs: SECOND_MS };

/** Keeps the calls for subscriptions of one tenant below Graph's limit. */
export interface SubscriptionPace {
  /** Waits for a share of the limit; false: Graph wants to be left alone, so that nothing is sent now. */
  take(units: number, signal: AbortSignal): Promise<boolean>;
  /** For so long nothing more is sent. */
  rest(ms: number): void;
  /** Nothing is sent before. */
  freeAtMs(): number;
}

export function createSubscriptionPace(clock: Clock): SubscriptionPace {
  const budget = createBudget({ clock, ...PACE });
  let freeAtMs = Number.NEGATIVE_INFINITY;
  const isFree = () => freeAtMs <= clock.nowMs();
  return {
    take: async (units, signal) => {
      if (!isFree()) return false;
      await budget.take({ units, priority: 'run', signal });
      return isFree();
    },
    rest: (ms) => {
      freeAtMs = Math.max(freeAtMs, clock.nowMs() + ms);
    },
    freeAtMs: () => freeAtMs,
  };
}

/** For how long one refusal keeps back all subscriptions of the tenant; what Exchange says of a mailbox keeps back none. */
export function restAfter({ kind, code, retryAfterMs }: GraphFailure): number {
  if (kind !== 'throttled' || code === 'ExtensionError') return 0;
  return Math.min(retryAfterMs ?? 0, LONGEST_CLOSED_MS);
}
