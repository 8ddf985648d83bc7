import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Counter, type Counters, followLive, type Hear } from './live-stream.js';

/** One answer that does not come must not keep everything else from being read. */
const MOST_MS = 3_000;

/**
 * Follows the enterprise while the page is in sight: where a counter moves, what depends on it is read again, also what
 * moved while it was out of sight. False while the connection is away; it is made again by itself.
 */
export function useLive(enterpriseId: string | null): boolean {
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState(false);

  useEffect(() => {
    if (enterpriseId === null) return;
    const readAgain = createReader(queries);
    let seen: Counters | null = null;
    let leave: (() => void) | null = null;
    const hear: Hear = (counters) => {
      setConnected(counters !== null);
      if (counters === null) return;
      readAgain(movedSince(seen, counters));
      seen = counters;
    };
    const look = () => {
      leave?.();
      setConnected(false);
      leave = document.visibilityState === 'hidden' ? null : followLive(enterpriseId, hear);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      leave?.();
    };
  }, [enterpriseId, queries]);
  return isConnected;
}

/** One reading after the other: where much is written, the next movement would cut a long list's reading off. */
function createReader(queries: QueryClient): (counters: readonly Counter[]) => void {
  const moved = new Set<Counter>();
  let isReading = false;
  return (counters) => {
    for (const name of counters) moved.add(name);
    if (!isReading) void read();
  };

  async function read(): Promise<void> {
    isReading = true;
    while (moved.size > 0) {
      const now = [...moved];
      moved.clear();
      readOnceMore(queries, now);
      const again = queries.invalidateQueries({ predicate: ({ meta }) => isAbout(meta, now) });
      await Promise.race([again, new Promise((resolve) => setTimeout(resolve, MOST_MS))]);
    }
    isReading = false;
  }
}

/** What is read for the first time may have been answered before the movement, and is not asked for anew meanwhile. */
function readOnceMore(queries: QueryClient, moved: readonly Counter[]): void {
  const first = queries.getQueryCache().findAll({
    fetchStatus: 'fetching',
    predicate: ({ meta, state }) => state.data === undefined && isAbout(meta, moved),
  });
  for (const query of first) {
    const again = () => queries.invalidateQueries({ predicate: (each) => each === query });
    void query.promise?.then(again, again);
  }
}

/** The first ones move everything: what was read before them may be older. */
function movedSince(before: Counters | null, now: Counters): Counter[] {
  const names = Object.keys(now) as Counter[];
  return before === null ? names : names.filter((name) => before[name] !== now[name]);
}

function isAbout(meta: Readonly<Record<string, unknown>> | undefined, moved: readonly Counter[]): boolean {
  const live = (meta?.['live'] ?? []) as readonly Counter[];
  return live.some((name) => moved.includes(name));
}
