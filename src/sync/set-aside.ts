import type { Changes } from '../changes/create-changes.js';
import type { ChangeRow } from '../changes/types.js';
import type { GraphFailure } from '../graph/graph-failure.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Admission } from './admission/admission.js';
import { connectionFaultOf } from './admission/run-failure.js';

/** A change that failed so often is set aside, its next try in sight. */
const ATTEMPTS_BEFORE_PARKING = 8;
const PARKED_FOR_MS = HOUR_MS;
/** An outage of Graph ends for all at once: what it set aside is not left for an hour. */
const PARKED_IN_OUTAGE_MS = 5 * MINUTE_MS;
/** While the tenant is held nothing is taken at all. */
const HELD_FOR_MS = SECOND_MS;
const RETRY = { firstMs: 500, mostMs: MINUTE_MS };

export interface SetAside {
  /**
   * A read that failed says nothing about the object: it is tried again, later each time, then set aside.
   * @returns whether it was set aside
   */
  afterFailure(change: ChangeRow | undefined, failure: GraphFailure): Promise<boolean>;
  /** What cannot be handled keeps nothing else waiting: its reason and its next try are kept. */
  park(change: ChangeRow, reason: { readonly code: string; readonly message: string }): Promise<void>;
}

export interface SetAsideDeps {
  readonly changes: Changes;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly admission: Admission;
}

export function createSetAside(deps: SetAsideDeps): SetAside {
  const { changes, clock, chance, log, admission } = deps;
  return { afterFailure, park };

  async function afterFailure(change: ChangeRow | undefined, failure: GraphFailure): Promise<boolean> {
    if (!change) return false;
    const attempts = change.attempts + 1;
    const { _id: id, mark } = change;
    const fault = connectionFaultOf(failure, change.kind === 'user' ? 'directory' : 'object');
    // A run says itself why it failed, and must end.
    if (fault && change.runId === null) {
      admission.hold(change.tenantId, fault);
      await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + HELD_FOR_MS) }]);
      return false;
    }
    const throttled = failure.kind === 'throttled';
    if (attempts >= ATTEMPTS_BEFORE_PARKING && !throttled) {
      await park(change, failure, failure.kind === 'unavailable');
      return true;
    }
    const waitMs = Math.max(
      failure.retryAfterMs ?? 0,
      backoffMs(attempts, RETRY, () => chance.random()),
    );
    await changes.defer([{ id, mark, dueAt: new Date(clock.nowMs() + waitMs), attempts: throttled ? 0 : attempts }]);
    return false;
  }

  async function park(
    change: ChangeRow,
    { code, message }: { code: string; message: string },
    isOutage = false,
  ): Promise<void> {
    const { _id: id, mark, attempts, tenantId, kind } = change;
    const nextTryAt = new Date(clock.nowMs() + (isOutage ? PARKED_IN_OUTAGE_MS : PARKED_FOR_MS));
    await changes.park([{ id, mark, code, message, nextTryAt }]);
    log.warn({ event: 'change.parked', tenantId, kind, code, attempts }, 'change set aside');
  }
}
