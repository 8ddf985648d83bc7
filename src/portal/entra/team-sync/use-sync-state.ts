import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { readAgain, useApi } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';
import type { SyncState } from '../connection-types.js';

/** How often a sync that is under way is looked at, and how often one is looked for. */
const RUNNING_MS = 700;
const QUIET_MS = 10_000;

/** Follows the sync; when it ends everything that is shown is read again. */
export function useSyncState() {
  const { base } = useEnterprise();
  const queries = useQueryClient();
  const path = `${base}/integration/sync`;
  const isRunning = queries.getQueryData<SyncState>([path])?.open != null;
  const sync = useApi<SyncState>(path, {
    live: ['runs', 'changes'],
    everyMs: isRunning ? RUNNING_MS : QUIET_MS,
  });
  const before = useRef<string | null>(null);
  const open = sync.data?.open?.id ?? null;
  useEffect(() => {
    const hasEnded = before.current !== null && open === null;
    before.current = open;
    if (hasEnded) void readAgain(queries);
  }, [open, queries]);
  return sync;
}
