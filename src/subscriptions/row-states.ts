import type { GraphFailure } from '../graph/graph-failure.js';
import type { GraphSubscription } from '../graph/types.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, HOUR_MS, SECOND_MS } from '../kernel/clock.js';
import { restAfter } from './pace.js';
import { renewAtOf, type SubscriptionAction } from './plan.js';
import type { SubscriptionRows } from './subscriptions-store.js';
import type { SubscriptionRow } from './types.js';

export interface Executed {
  readonly act: SubscriptionAction['act'];
  readonly ok: boolean;
  /** A gap may have opened: what Graph did not tell has to be asked for. */
  readonly needsLook: boolean;
  /** Graph answered 404: the row is gone by now, and somebody has to make the subscription anew. */
  readonly isLost: boolean;
  readonly message: string | null;
  /** Graph wants to be left alone for so long, whichever subscription of the tenant it is about. */
  readonly restMs?: number;
  /** What Graph holds is in doubt: only its list tells. */
  readonly mustList?: boolean;
  /** Why Exchange does not let us watch a mailbox. */
  readonly refusal?: 'no_mailbox' | 'blocked' | null;
}

const RETRY = { firstMs: 5 * SECOND_MS, mostMs: HOUR_MS / 2 };
/** No answer makes a subscription wait for longer, whatever its Retry-After says. */
const LONGEST_WAIT_MS = HOUR_MS;
const LOST = 'Microsoft Graph does not know the subscription any more (404): it has to be made anew.';

/** What Graph's answers make of a row; every failure is kept on it with the next try. */
export function createRowStates({ rows, clock, chance }: { rows: SubscriptionRows; clock: Clock; chance: Chance }) {
  return { granted, grantedChange, lost, later };

  async function granted(
    row: SubscriptionRow,
    found: GraphSubscription,
    keptRenewAt: Date | null = null,
  ): Promise<void> {
    await rows.learn([{ row, change: grantedChange(found, keptRenewAt) }]);
  }

  /** The granted expiry is read from the answer, never from what was asked. */
  function grantedChange(
    { id, expiresAt }: GraphSubscription,
    keptRenewAt: Date | null = null,
  ): Partial<SubscriptionRow> {
    const now = clock.now();
    const renewAt = keptRenewAt ?? renewAtOf(now, expiresAt, () => chance.random());
    const good = { state: 'active', attempts: 0, nextTryAt: null, problem: null } as const;
    return { ...good, subscriptionId: id, expiresAt, renewAt, updatedAt: now };
  }

  async function lost(act: Executed['act'], row: SubscriptionRow): Promise<Executed> {
    const change = { state: 'gone', subscriptionId: null, expiresAt: null, renewAt: null, nextTryAt: null } as const;
    const isKept = (await rows.learn([{ row, change: { ...change, updatedAt: clock.now() } }])) > 0;
    // Somebody made another one meanwhile.
    if (!isKept) return done(act, {});
    return { act, ok: true, needsLook: false, isLost: true, message: LOST };
  }

  async function later(
    row: SubscriptionRow,
    { state, problem, leastMs }: Pick<SubscriptionRow, 'state' | 'problem'> & { leastMs: number },
  ): Promise<void> {
    const attempts = row.attempts + 1;
    const waitMs = Math.max(
      Math.min(leastMs, LONGEST_WAIT_MS),
      backoffMs(attempts, RETRY, () => chance.random()),
    );
    const now = clock.now();
    const change = { state, problem, attempts, nextTryAt: new Date(now.getTime() + waitMs), updatedAt: now };
    await rows.learn([{ row, change }]);
  }
}

export function done(act: Executed['act'], { needsLook = false }: { needsLook?: boolean }): Executed {
  return { act, ok: true, needsLook, isLost: false, message: null };
}

export function failed(act: Executed['act'], failure: GraphFailure): Executed {
  const { message } = failure;
  return { act, ok: false, needsLook: false, isLost: false, message, restMs: restAfter(failure) };
}
