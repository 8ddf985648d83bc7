import { messageOf } from '../../kernel/app-error.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import { sameValue } from '../../kernel/same-value.js';
import type { Live, LiveCounters } from '../../records/live-counters.js';

/** How often the counters are looked at while anybody listens. */
export const LIVE_POLL_MS = SECOND_MS / 2;

/** A look that takes longer is given up: the next one may get through. */
const LOOK_LIMIT_MS = 5 * SECOND_MS;

export interface LiveListener {
  /** The counters of now, at once, and then whenever one of them differs. */
  tell(counters: LiveCounters): void;
  /** Nothing is told any more: the process stops. */
  end(): void;
}

/** One look at the database for everybody of this process who watches an enterprise. */
export interface LiveFeed {
  /** Answers how to stop listening. */
  listen(enterpriseId: string, listener: LiveListener): () => void;
  stop(): Promise<void>;
}

interface LiveFeedDeps {
  readonly live: Live;
  readonly clock: Clock;
  readonly log: Log;
}

interface Listening {
  readonly enterpriseId: string;
  readonly listener: LiveListener;
  told: LiveCounters | null;
}

/** Looks only while somebody listens. What the database does not tell now it tells at a later look. */
export function createLiveFeed({ live, clock, log }: LiveFeedDeps): LiveFeed {
  const all = new Set<Listening>();
  let woken = new AbortController();
  let looking: Promise<void> | null = null;
  const stopped = new AbortController();
  let isFailing = false;

  return {
    listen: (enterpriseId, listener) => {
      const one: Listening = { enterpriseId, listener, told: null };
      if (stopped.signal.aborted) listener.end();
      else {
        all.add(one);
        woken.abort();
        looking ??= start();
      }
      return () => {
        all.delete(one);
        if (all.size === 0) woken.abort();
      };
    },
    stop: async () => {
      stopped.abort();
      for (const { listener } of all) listener.end();
      all.clear();
      woken.abort();
      await looking;
    },
  };

  async function start(): Promise<void> {
    while (all.size > 0) {
      woken = new AbortController();
      await look();
      // Who comes or goes meanwhile ends the pause.
      await clock.sleep(LIVE_POLL_MS, woken.signal).catch(() => {});
    }
    looking = null;
  }

  async function look(): Promise<void> {
    const asked = [...all];
    try {
      const counters = await readInTime([...new Set(asked.map(({ enterpriseId }) => enterpriseId))]);
      for (const one of asked) if (all.has(one)) tell(one, counters.get(one.enterpriseId));
      isFailing = false;
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (!isFailing) log.warn({ event: 'live.unknown', error: messageOf(error) }, 'live counters not known');
      isFailing = true;
    }
  }

  async function readInTime(enterpriseIds: readonly string[]): Promise<ReadonlyMap<string, LiveCounters>> {
    const done = new AbortController();
    const limit = clock.sleep(LOOK_LIMIT_MS, AbortSignal.any([done.signal, stopped.signal]));
    const late = limit.then(() => Promise.reject(new Error(`no answer within ${LOOK_LIMIT_MS} ms`)));
    try {
      return await Promise.race([live.read(enterpriseIds), late]);
    } finally {
      done.abort();
    }
  }
}

function tell(one: Listening, counters: LiveCounters | undefined): void {
  if (!counters || sameValue(one.told, counters)) return;
  one.told = counters;
  one.listener.tell(counters);
}
