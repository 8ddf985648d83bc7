import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

/** What the service counts while somebody watches: runs, problems with decisions, and changes of records and settings. */
export type Counter = 'runs' | 'problems' | 'changes';
/** One answer that does not come must not keep everything else from being read. */
const MOST_MS = 3_000;

type Counters = Readonly<Record<Counter, number>>;

/**
 * Follows the enterprise while the page is open: where a counter moves, what depends on it is read again.
 * False while the connection is away; the browser connects again by itself.
 */
export function useLive(enterpriseId: string | null): boolean {
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState(false);
  const seen = useRef<Counters | null>(null);

  useEffect(() => {
    if (enterpriseId === null) return;
    const moved = new Set<Counter>();
    let isReading = false;
    // One reading after the other: where much is written, the next movement would cut a long list's reading off.
    const read = async () => {
      if (isReading) return;
      isReading = true;
      while (moved.size > 0) {
        const now = [...moved];
        moved.clear();
        const readAgain = queries.invalidateQueries({ predicate: ({ meta }) => isAbout(meta, now) });
        await Promise.race([readAgain, new Promise((resolve) => setTimeout(resolve, MOST_MS))]);
      }
      isReading = false;
    };
    const events = new EventSource(`/api/v1/enterprises/${encodeURIComponent(enterpriseId)}/live`);
    events.addEventListener('counters', (event: MessageEvent<string>) => {
      const now = JSON.parse(event.data) as Counters;
      for (const name of movedSince(seen.current, now)) moved.add(name);
      seen.current = now;
      void read();
    });
    events.onopen = () => setConnected(true);
    events.onerror = () => setConnected(false);
    return () => {
      events.close();
      moved.clear();
      seen.current = null;
    };
  }, [enterpriseId, queries]);
  return isConnected;
}

function movedSince(before: Counters | null, now: Counters): Counter[] {
  const names = Object.keys(now) as Counter[];
  return before === null ? [] : names.filter((name) => before[name] !== now[name]);
}

function isAbout(meta: Readonly<Record<string, unknown>> | undefined, moved: readonly Counter[]): boolean {
  const live = (meta?.['live'] ?? []) as readonly Counter[];
  return live.some((name) => moved.includes(name));
}
