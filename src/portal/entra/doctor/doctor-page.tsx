import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconStethoscope } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useAct } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { Page } from '../../frame/page.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import type { Examination } from '../connection-types.js';

type Check = Examination['checks'][number];

const MENDED_AT: Readonly<Record<NonNullable<Check['mend']>, { readonly to: string; readonly label: string }>> = {
  connect: { to: '', label: 'Check the Tenant GUID' },
  consent: { to: '?mend=consent', label: 'Approve GetHomeSafe again' },
  team_mappings: { to: '/team-mappings', label: 'Go to Team Mappings' },
  sync_now: { to: '/team-sync', label: 'Go to Sync Now' },
};

/** Everything that the connection rests on, tried now. */
export function DoctorPage() {
  const { base, mayChange } = useEnterprise();
  const act = useAct<void, Examination>(() => ({ path: `${base}/integration/doctor`, method: 'POST' }));
  return (
    <Page
      title="Connection doctor"
      about="Tries the tenant, its consent, each permission, mailboxes and the way back from Microsoft. Nothing is changed."
    >
      <Group>
        <Button
          leftSection={<IconStethoscope size={16} aria-hidden />}
          onClick={() => act.mutate()}
          loading={act.isPending}
          disabled={!mayChange}
        >
          Examine now
        </Button>
        <Text role="status">{act.isPending ? 'Asking Microsoft. This can take half a minute.' : ''}</Text>
      </Group>
      {!mayChange && <Text c="dimmed">Readers cannot run it: ask an account administrator.</Text>}
      <ProblemAlert error={act.error} />
      {act.data && <Findings of={act.data} />}
    </Page>
  );
}

function Findings({ of: { at, ok, checks } }: { readonly of: Examination }) {
  const wrong = checks.filter((check) => !check.ok).length;
  return (
    <Stack>
      <Text fw={600} role="status">
        {ok ? 'Everything is in order' : `${wrong} of ${checks.length} checks are not in order`},{' '}
        <Instant at={at} seconds />
      </Text>
      <Table verticalSpacing="sm">
        <Table.Caption>What could not be tried because of an earlier finding is left out.</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Result</Table.Th>
            <Table.Th>What was looked at, and what was found</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {checks.map((check) => (
            <FindingRow key={check.id} check={check} />
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function FindingRow({ check: { ok, title, serves, detail, mend } }: { readonly check: Check }) {
  const { path } = useEnterprise();
  const remedy = !ok && mend ? MENDED_AT[mend] : null;
  return (
    <Table.Tr>
      <Table.Td valign="top">
        <Group gap={6} wrap="nowrap">
          {ok ? (
            <IconCircleCheck aria-hidden color="var(--mantine-color-teal-filled)" />
          ) : (
            <IconAlertTriangle aria-hidden color="var(--mantine-color-red-filled)" />
          )}
          <Text size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
            {ok ? 'OK' : 'Not OK'}
          </Text>
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {serves}
        </Text>
        <Text size="sm" className="value">
          Found: {detail}
        </Text>
        {remedy && (
          <Anchor component={Link} to={`${path}${remedy.to}`} size="sm">
            {remedy.label}
          </Anchor>
        )}
        {!ok && !remedy && <Text size="sm">GetHomeSafe's operators mend this: contact GetHomeSafe support.</Text>}
      </Table.Td>
    </Table.Tr>
  );
}
