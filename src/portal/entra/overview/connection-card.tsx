import { Button, Card, CopyButton, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Integration } from '../../api/types.js';
import { useAct, useApi } from '../../api/use-api.js';
import { Confirm } from '../../frame/acts/confirm.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { ApproveStep } from './approve-step.js';
import { type CalendarFate, CalendarFateChoice } from './calendar-fate.js';
import { TenantForm } from './tenant-form.js';

interface ConnectionProps {
  readonly of: Integration;
  readonly tenantId: string;
}

/** The tenant that is connected, and what can be done with the connection (domain 4.3, 4.5). */
export function ConnectionCard({ of, tenantId }: ConnectionProps) {
  const { mayChange } = useEnterprise();
  return (
    <Card withBorder component="section" aria-labelledby="connection">
      <Stack>
        <Title order={2} size="h4" id="connection">
          Connection
        </Title>
        <Group gap="xs">
          <Text>Tenant GUID</Text>
          <Text fw={600} className="number">
            {masked(tenantId)}
          </Text>
          <CopyButton value={tenantId}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" onClick={copy} aria-label="Copy the Tenant GUID">
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
        {mayChange ? (
          <Acts of={of} tenantId={tenantId} />
        ) : (
          <Text c="dimmed">Account administrators can change, pause and disconnect it.</Text>
        )}
      </Stack>
    </Card>
  );
}

/** The dialogs have addresses of their own, `?mend=tenant` and `?mend=consent`: messages elsewhere lead to them. */
function Acts({ of, tenantId }: ConnectionProps) {
  const [search, setSearch] = useSearchParams();
  const act = useConnectionAct();
  const opened = search.get('mend');
  const close = () => setSearch({});
  const dialog = { onClose: close, closeButtonProps: { 'aria-label': 'Close' } };
  return (
    <>
      <Group>
        <Button variant="default" onClick={() => setSearch({ mend: 'tenant' })}>
          Change tenant
        </Button>
        <Button variant="default" onClick={() => setSearch({ mend: 'consent' })}>
          Approve again
        </Button>
        <Button variant="default" onClick={() => act.mutate(of.paused ? 'resume' : 'pause')} loading={act.isPending}>
          {of.paused ? 'Resume' : 'Pause'}
        </Button>
        <Disconnect />
      </Group>
      {of.paused && <Text>Paused: nothing is read or changed until you choose Resume.</Text>}
      <ProblemAlert error={act.error} />
      <Modal opened={opened === 'tenant'} title="Check or change the Tenant GUID" {...dialog}>
        <TenantForm initial={tenantId} action="Use this Tenant GUID" onConnected={close} />
      </Modal>
      <Modal opened={opened === 'consent'} title="Approve GetHomeSafe again" size="lg" {...dialog}>
        <ApproveStep tenantId={tenantId} lastError={of.lastError} />
      </Modal>
    </>
  );
}

function Disconnect() {
  const { base } = useEnterprise();
  const [isLeaving, leaving] = useDisclosure(false);
  const [calendarActivities, choose] = useState<CalendarFate>('keep');
  const path = `${base}/integration/disconnect`;
  const planned = useApi<{ calendarActivities: number }>(path, { enabled: isLeaving, live: ['changes'] });
  const act = useAct<void>(() => ({ path, method: 'POST', body: { calendarActivities } }));
  const count = planned.data?.calendarActivities ?? 0;
  return (
    <>
      <Button variant="default" c="red" onClick={leaving.open}>
        Disconnect
      </Button>
      <Confirm
        opened={isLeaving}
        title="Disconnect Microsoft Entra ID?"
        confirm="Disconnect"
        isBusy={act.isPending}
        error={act.error}
        onConfirm={() => act.mutate(undefined, { onSuccess: leaving.close })}
        onCancel={leaving.close}
      >
        <Text>
          Syncs stop, and nothing follows Microsoft Entra ID any more. People, their teams, Team Mappings and the
          history stay as they are. Connecting the same tenant again goes on where this ended.
        </Text>
        <CalendarFateChoice {...{ count, value: calendarActivities, onChange: choose }} />
      </Confirm>
    </>
  );
}

function useConnectionAct() {
  const { base } = useEnterprise();
  return useAct<'pause' | 'resume'>((name) => ({
    path: `${base}/integration/${name}`,
    method: 'POST',
  }));
}

/** Enough to tell tenants apart: the beginning and the end. */
function masked(tenantId: string): string {
  return `${tenantId.slice(0, 8)}-••••-••••-••••-••••••••${tenantId.slice(-4)}`;
}
