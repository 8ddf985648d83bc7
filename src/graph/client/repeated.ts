import { backoffMs } from '../../kernel/backoff.js';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import type { Budget } from '../budget.js';
import { type GraphFailure, mayPass } from '../graph-failure.js';
import type { GraphService } from '../wire/call-profile.js';

/** How patient a call is by itself; beyond this its caller decides. */
export interface Patience {
  /** Tries in all. */
  readonly mostAttempts: number;
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
  /** A longer Retry-After ends the call. */
  readonly longestRetryAfterMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  mostAttempts: 4,
  firstWaitMs: SECOND_MS / 2,
  mostWaitMs: 8 * SECOND_MS,
  longestRetryAfterMs: MINUTE_MS,
};

/** The gate of a tenant is never closed for longer by one answer, whatever its Retry-After says. */
export const LONGEST_CLOSED_MS = 10 * MINUTE_MS;

/** What one throttled or broken answer means for everybody: the directory's gate closes for its Retry-After. */
export function closeGate(budget: Budget, failure: GraphFailure, service: GraphService): void {
  if (service !== 'directory' || failure.status === 0 || failure.retryAfterMs === null) return;
  budget.close(Math.min(failure.retryAfterMs, LONGEST_CLOSED_MS));
}

/** Milliseconds before the given retry (1 for the first), or null to give up. */
export function waitBefore(
  deps: { patience: Patience; chance: Chance },
  retry: number,
  failure: GraphFailure,
): number | null {
  const { mostAttempts, firstWaitMs, mostWaitMs, longestRetryAfterMs } = deps.patience;
  if (!mayPass(failure) || retry >= mostAttempts) return null;
  if (failure.retryAfterMs !== null) return failure.retryAfterMs <= longestRetryAfterMs ? failure.retryAfterMs : null;
  return backoffMs(retry, { firstMs: firstWaitMs, mostMs: mostWaitMs }, () => deps.chance.random());
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: GraphFailure };

/** Tries until it succeeds, cannot pass, or patience ends; gives back the last attempt. */
export async function repeated<T>(
  deps: { clock: Clock; chance: Chance; patience: Patience; signal: AbortSignal | undefined },
  attempt: (number: number) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(number);
    if (outcome.ok) return outcome;
    const ms = waitBefore(deps, number, outcome.failure);
    if (ms === null) return outcome;
    await deps.clock.sleep(ms, deps.signal);
  }
}
