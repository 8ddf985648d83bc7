import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Run } from '../../api/types.js';
import { useAct } from '../../api/use-api.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import type { SyncState } from '../connection-types.js';

/** The page on which an obstacle is put out of the way. */
const MENDED_AT: Readonly<Record<string, { readonly to: string; readonly label: string }>> = {
  not_connected: { to: '', label: 'Connect Microsoft Entra ID' },
  paused: { to: '', label: 'Resume the integration' },
  users_sync_off: { to: '/team-sync', label: 'Go to Team Sync Settings' },
  no_group_mapping: { to: '/team-mappings', label: 'Go to Team Mappings' },
};

/** Starts a sync at once, or says why it cannot, and follows the one that is under way. */
export function SyncNow({ state }: { readonly state: SyncState }) {
  const { base, path, mayChange } = useEnterprise();
  const act = useAct<void>(() => ({ path: `${base}/runs`, method: 'POST', body: {} }));
  const { open, obstacle } = state;
  if (open !== null) return <Under run={open} people={state.people} />;
  const mend = obstacle && MENDED_AT[obstacle.code];
  const reason = mayChange ? obstacle?.message : 'Readers cannot start a sync: ask an account administrator.';
  return (
    <Stack gap="xs">
      <Group>
        <Button
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={() => act.mutate()}
          disabled={reason !== undefined}
          loading={act.isPending}
          aria-describedby={reason === undefined ? undefined : 'sync-now-reason'}
        >
          Sync Now
        </Button>
      </Group>
      {reason !== undefined && (
        <Text size="sm" id="sync-now-reason">
          {reason}{' '}
          {mayChange && mend && (
            <Anchor component={Link} to={`${path}${mend.to}`} inherit>
              {mend.label}
            </Anchor>
          )}
        </Text>
      )}
      <ProblemAlert error={act.error} title="The sync did not start" />
    </Stack>
  );
}

function Under({ run, people }: { readonly run: Run; readonly people: number | null }) {
  const { percent, words } = progressOf(run, people);
  return (
    <Stack gap={4} role="status" aria-live="polite">
      <Text fw={600}>Syncing… {words}</Text>
      <Progress value={percent} animated aria-label="Progress of the sync" />
    </Stack>
  );
}

/** How far a sync is, as far as anybody knows: a first one does not know how many people there are. */
function progressOf({ phase, counts }: Run, people: number | null): { percent: number; words: string } {
  const { seen = 0, touched = 0 } = counts;
  if (phase === 'queued') return { percent: 2, words: 'waiting for its turn' };
  if (phase === 'settling') return { percent: 95, words: `${seen} of ${seen}, finishing` };
  if (phase === 'applying') return { percent: 75, words: `${seen} people read, ${touched} changed` };
  if (people === null || people < seen) return { percent: 30, words: `${seen} people read` };
  return { percent: 5 + (65 * seen) / Math.max(1, people), words: `${seen} of ${people}` };
}
