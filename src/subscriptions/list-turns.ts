import { LONGEST_CLOSED_MS } from '../graph/client/repeated.js';
import type { GraphFailure } from '../graph/graph-failure.js';
import { backoffMs } from '../kernel/backoff.js';
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.js';

/** How often Graph's own list is asked, to find what we lost sight of. */
const EVERY_MS = HOUR_MS;
/** While a creation has had no answer, which the list tells: less and less often, because it is long. */
const UNSURE = { firstMs: 5 * SECOND_MS, mostMs: 5 * MINUTE_MS };
const AFTER_FAILURE_MS = 10 * SECOND_MS;

/** When the list of a tenant's subscriptions is asked. */
export interface ListTurns {
  /** Whether it is asked now. `isUnsure`: a creation has had no answer. */
  take(isUnsure: boolean): boolean;
  /** What Graph holds is in doubt: it is asked within so long. */
  hurry(withinMs: number): void;
  /** Graph did not give it: it is asked again soon, but not before Graph lets us. */
  failed(failure: GraphFailure): void;
}

export function createListTurns(clock: Clock): ListTurns {
  let listedAtMs = Number.NEGATIVE_INFINITY;
  let dueAtMs = Number.NEGATIVE_INFINITY;
  let refusedUntilMs = Number.NEGATIVE_INFINITY;
  /** Lists in a row that may not have told. */
  let unsure = 0;
  return { take, hurry, failed };

  function take(isUnsure: boolean): boolean {
    if (!isUnsure) unsure = 0;
    const unsureMs = backoffMs(Math.max(1, unsure), UNSURE, evenly);
    const wantedAtMs = isUnsure ? Math.min(dueAtMs, listedAtMs + unsureMs) : dueAtMs;
    const nowMs = clock.nowMs();
    if (nowMs < Math.max(wantedAtMs, refusedUntilMs)) return false;
    if (isUnsure) unsure += 1;
    listedAtMs = nowMs;
    dueAtMs = nowMs + EVERY_MS;
    return true;
  }

  function hurry(withinMs: number): void {
    dueAtMs = Math.min(dueAtMs, clock.nowMs() + withinMs);
  }

  function failed({ retryAfterMs }: GraphFailure): void {
    const waitMs = Math.max(AFTER_FAILURE_MS, Math.min(retryAfterMs ?? 0, LONGEST_CLOSED_MS));
    refusedUntilMs = clock.nowMs() + waitMs;
    hurry(waitMs);
  }
}

/** One list a tenant needs no spreading. */
function evenly(): number {
  return 0.5;
}
