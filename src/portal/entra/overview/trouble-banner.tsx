import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import type { Integration, Run } from '../../api/types.js';
import { useAct } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { useSyncState } from '../team-sync/use-sync-state.js';
import { CheckAgain } from './approve-step.js';
import { SignInButtons } from './sign-in-buttons.js';
import { TenantForm } from './tenant-form.js';
import { type Remedy, troubleOf } from './troubles.js';

interface Failing {
  readonly code: string;
  readonly message: string | null;
  readonly at: string | null;
}

/** What is wrong with the connection or the last sync, since when, and what to do: each remedy is one click away. */
export function TroubleBanner({ of }: { readonly of: Integration }) {
  const sync = useSyncState();
  const failing = failureOf(of, sync.data?.last ?? null);
  const [opened, setOpened] = useState<Remedy | null>(null);
  if (failing === null) return null;
  const { title, todo, remedies } = troubleOf(failing.code);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      <Stack gap="sm">
        {failing.message && (
          <Text size="sm" className="value">
            {failing.message}
          </Text>
        )}
        <Text size="sm">
          <Instant at={failing.at} /> · Last Sync <Instant at={of.lastSyncAt} none="Never" /> · {failing.code}
        </Text>
        <Text size="sm" fw={600}>
          {todo}
        </Text>
        <Group>
          {remedies.map((remedy) => (
            <RemedyButton key={remedy} remedy={remedy} onOpen={() => setOpened(remedy)} />
          ))}
        </Group>
        {of.tenantId !== null && opened && <Opened remedy={opened} of={of} tenantId={of.tenantId} />}
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

const LINKS: Readonly<Partial<Record<Remedy, { readonly to: string; readonly label: string }>>> = {
  doctor: { to: '/doctor', label: 'Connection doctor' },
  team_mappings: { to: '/team-mappings', label: 'Go to Team Mappings' },
  held: { to: '/held', label: 'See what is held' },
};
const OPENS: Readonly<Partial<Record<Remedy, string>>> = {
  change_tenant: 'Check the Tenant GUID',
  consent: 'Approve GetHomeSafe again',
  check: 'Check again',
};

function RemedyButton({ remedy, onOpen }: { readonly remedy: Remedy; readonly onOpen: () => void }): ReactNode {
  const { base, path, mayChange } = useEnterprise();
  const sync = useAct<void>(() => ({ path: `${base}/runs`, method: 'POST', body: {} }));
  const link = LINKS[remedy];
  if (link) {
    return (
      <Button component={Link} to={`${path}${link.to}`} size="xs" variant="default">
        {link.label}
      </Button>
    );
  }
  if (remedy !== 'sync_now') {
    return (
      <Button size="xs" onClick={onOpen} disabled={!mayChange}>
        {OPENS[remedy]}
      </Button>
    );
  }
  return (
    <>
      <Button size="xs" onClick={() => sync.mutate()} loading={sync.isPending} disabled={!mayChange}>
        Sync Now
      </Button>
      <ProblemAlert error={sync.error} />
    </>
  );
}

function Opened({ remedy, of, tenantId }: { remedy: Remedy; of: Integration; tenantId: string }): ReactNode {
  switch (remedy) {
    case 'change_tenant':
      return <TenantForm initial={tenantId} action="Use this Tenant GUID" />;
    case 'consent':
      return <SignInButtons tenantId={tenantId} label="Approve at Microsoft" />;
    case 'check':
      return <CheckAgain lastError={of.lastError} />;
    default:
      return null;
  }
}
