import type { SimulatedClock } from '../world/types.js';

export interface Draw {
  readonly granted: boolean;
  /** Share of the budget in use, 1 and above when refused. */
  readonly share: number;
  /** Simulated time after which the same draw would be granted. */
  readonly retryAfterMs: number;
}

/** Refused calls count too, up to this share of the budget. Source: Microsoft Graph throttling limits, identity: the percentage header ends at 1.8. */
const MOST_SHARE = 1.8;

/** A budget of `capacity` that fills up evenly over `windowMs` of simulated time. */
export function createTokenBucket(deps: { clock: SimulatedClock }, windowMs: number) {
  let used = 0;
  let seenAtMs = deps.clock.nowMs();

  return function draw(cost: number, capacity: number): Draw {
    const nowMs = deps.clock.nowMs();
    const perMs = capacity / windowMs;
    used = Math.max(0, used - (nowMs - seenAtMs) * perMs);
    seenAtMs = nowMs;
    const granted = used + cost <= capacity;
    used = Math.min(used + cost, capacity * MOST_SHARE);
    const share = granted ? used / capacity : Math.max(1, used / capacity);
    // The refused call has been counted as well: its successor must still be granted when this time is over.
    return { granted, share, retryAfterMs: granted ? 0 : Math.ceil((used + cost - capacity) / perMs) };
  };
}

export type TokenBucket = ReturnType<typeof createTokenBucket>;
