import { messageOf } from '../../kernel/app-error.js';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { PublisherKey } from './read-publisher-keys.js';

/** The keys with which validation tokens are signed, as last read. Nothing here makes anybody wait but `refresh`. */
export interface PublisherKeys {
  /** The key of that id where it is kept; otherwise null, and the keys are read again unless they just were. */
  find(kid: string): PublisherKey | null;
  /** Reads the keys unless they just were, so that the first notification finds them; never fails. */
  refresh(): Promise<void>;
}

export interface PublisherKeysDeps {
  /** Such as `readPublisherKeys`; it must settle within a time of its own. */
  readonly fetchKeys: () => Promise<readonly PublisherKey[]>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
}

/** Keys change often: nothing is trusted that was read longer ago (graph-facts: "cache a day"). */
const KEPT_MS = DAY_MS;
/** From this age on they are read again while they still hold, so that no notification finds none. */
const RENEWED_AFTER_MS = 12 * HOUR_MS;
/** An id of a key is whatever a sender writes: so often at most it makes us ask Entra ID. */
const BETWEEN_READS_MS = 5 * MINUTE_MS;

/** Keeps the keys for a day and reads them again, at most every 5 minutes, where an id is unknown. */
export function createPublisherKeys(deps: PublisherKeysDeps): PublisherKeys {
  let kept: { readonly keys: ReadonlyMap<string, PublisherKey>; readonly readMs: number } | null = null;
  let startedMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> = Promise.resolve();
  return { find, refresh };

  function find(kid: string): PublisherKey | null {
    const ageMs = kept === null ? Number.POSITIVE_INFINITY : deps.clock.nowMs() - kept.readMs;
    const key = ageMs < KEPT_MS ? (kept?.keys.get(kid) ?? null) : null;
    if (key === null || ageMs >= RENEWED_AFTER_MS) void refresh();
    return key;
  }

  function refresh(): Promise<void> {
    const nowMs = deps.clock.nowMs();
    if (nowMs - startedMs >= BETWEEN_READS_MS) {
      startedMs = nowMs;
      reading = read(nowMs);
    }
    return reading;
  }

  async function read(nowMs: number): Promise<void> {
    try {
      const keys = await deps.fetchKeys();
      // No key at all would be no answer of Entra ID: what is kept is better.
      if (keys.length === 0) throw new Error('the key set is empty');
      // An answer that took longer than the time between two reads must not replace a newer one.
      if (nowMs === startedMs) kept = { keys: new Map(keys.map((each) => [each.kid, each])), readMs: nowMs };
    } catch (error) {
      deps.log.warn({ event: 'publisher_keys.unread', reason: messageOf(error) });
    }
  }
}
