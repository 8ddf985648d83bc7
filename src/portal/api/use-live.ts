import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

/** What the service counts while somebody watches: runs, problems with decisions, and changes of records and settings. */
export type Counter = 'runs' | 'problems' | 'changes';
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
    const events = new EventSource(`/api/v1/enterprises/${encodeURIComponent(enterpriseId)}/live`);
    events.addEventListener('counters', (event: MessageEvent<string>) => {
      const now = JSON.parse(event.data) as Counters;
      const moved = movedSince(seen.current, now);
      seen.current = now;
      if (moved.length === 0) return;
      void queries.invalidateQueries({ predicate: ({ meta }) => isAbout(meta, moved) });
    });
    events.onopen = () => setConnected(true);
    events.onerror = () => setConnected(false);
    return () => {
      events.close();
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
