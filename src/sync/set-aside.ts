import type { Changes } from '../changes/create-changes.js';
import type { ChangeRow } from '../changes/types.js';
import type { GraphFailure } from '../graph/graph-failure.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, HOUR_MS, MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';

/** A change that failed so often is set aside, its next try in sight. */
const ATTEMPTS_BEFORE_PARKING = 8;
const PARKED_FOR_MS = HOUR_MS;
const RETRY = { firstMs: 500, mostMs: MINUTE_MS };

export interface SetAside {
  /** A read that failed says nothing about the object: it is tried again, later each time, then set aside. */
  afterFailure(change: ChangeRow | undefined, failure: GraphFailure): Promise<void>;
  /** What cannot be handled keeps nothing else waiting: its reason and its next try are kept. */
  park(change: ChangeRow, reason: { readonly code: string; readonly message: string }): Promise<void>;
}

export function createSetAside(deps: { changes: Changes; clock: Clock; chance: Chance; log: Log }): SetAside {
  const { changes, clock, chance, log } = deps;
  return { afterFailure, park };

  async function afterFailure(change: ChangeRow | undefined, failure: GraphFailure): Promise<void> {
    if (!change) return;
    const attempts = change.attempts + 1;
    const { _id: id, mark } = change;
    const throttled = failure.kind === 'throttled';
    if (attempts >= ATTEMPTS_BEFORE_PARKING && !throttled) return park(change, failure);
    const waitMs = Math.max(
      failure.retryAfterMs ?? 0,
      backoffMs(attempts, RETRY, () => chance.random()),
    );
    await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + waitMs), attempts: throttled ? 0 : attempts }]);
  }

  async function park(change: ChangeRow, { code, message }: { code: string; message: string }): Promise<void> {
    const { _id: id, mark, attempts, tenantId, kind } = change;
    await changes.park([{ id, mark, code, message, nextTryAt: new Date(clock.nowMs() + PARKED_FOR_MS) }]);
    log.warn({ event: 'change.parked', tenantId, kind, code, attempts }, 'change set aside');
  }
}
