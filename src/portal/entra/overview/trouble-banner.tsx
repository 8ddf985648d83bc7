import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Integration, Run } from '../../api/types.js';
import { useAct } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { useSyncState } from '../team-sync/use-sync-state.js';
import { CheckAgain } from './approve-step.js';
import { REMEDY_LINKS, type Remedy, troubleOf } from './troubles.js';

interface Failing {
  readonly code: string;
  readonly message: string | null;
  readonly at: string | null;
}

/** What is wrong with the connection or the last sync, since when, and what to do: each remedy is one click away. */
export function TroubleBanner({ of }: { readonly of: Integration }) {
  const sync = useSyncState();
  const failing = failureOf(of, sync.data?.last ?? null);
  if (failing === null) return null;
  const { title, todo, remedies } = troubleOf(failing.code);
  return (
    <Alert
      variant="default"
      icon={<IconAlertTriangle aria-hidden color="var(--mantine-color-error)" />}
      title={title}
      role="alert"
      bd="1px solid var(--mantine-color-error)"
    >
      <Stack gap="sm">
        {failing.message && (
          <Text size="sm" className="value">
            {failing.message}
          </Text>
        )}
        <Text size="sm">
          Seen <Instant at={failing.at} />. Last Sync: <Instant at={of.lastSyncAt} none="Never" />. Code: {failing.code}
        </Text>
        <Text size="sm" fw={600}>
          {todo}
        </Text>
        <Group>
          {remedies.map((remedy) => (
            <RemedyButton key={remedy} remedy={remedy} />
          ))}
        </Group>
        {remedies.includes('check') && <CheckAgain lastError={null} />}
      </Stack>
    </Alert>
  );
}

/** The failure that stands, or why the last sync was skipped or held something. */
function failureOf({ lastError }: Integration, last: Run | null): Failing | null {
  if (lastError !== null) return lastError;
  const isTold = last?.code === 'no_group_mapping' || last?.code === 'removal_brake';
  return last?.code && isTold ? { code: last.code, message: last.message, at: last.finishedAt } : null;
}

function RemedyButton({ remedy }: { readonly remedy: Remedy }) {
  const { base, path, mayChange } = useEnterprise();
  const sync = useAct<void>(() => ({ path: `${base}/runs`, method: 'POST', body: {} }));
  const link = REMEDY_LINKS[remedy];
  if (link) {
    return (
      <Button component={Link} to={`${path}${link.to}`} size="xs" variant="default">
        {link.label}
      </Button>
    );
  }
  if (remedy !== 'sync_now') return null;
  return (
    <>
      <Button size="xs" onClick={() => sync.mutate()} loading={sync.isPending} disabled={!mayChange}>
        Try Sync Now
      </Button>
      <ProblemAlert error={sync.error} />
    </>
  );
}
