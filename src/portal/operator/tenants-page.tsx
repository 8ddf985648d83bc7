import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useApiList } from '../api/use-api.js';
import { StatusBadge } from '../entra/status-badge.js';
import { durationInWords, Instant } from '../frame/instant.js';
import { type Column, ListTable } from '../frame/list-table.js';
import { Page } from '../frame/page.js';
import { SearchField } from '../frame/search-field.js';
import { useFilter } from '../frame/use-filter.js';
import type { Tenant } from './types.js';

/** Every enterprise with how its connection stands. */
export function TenantsPage() {
  const [filter, setFilter] = useFilter(['text']);
  const tenants = useApiList<Tenant>('/operator/tenants', filter);
  return (
    <Page title="Tenants" about="Every enterprise, with its Entra tenant and how far behind it is.">
      <SearchField label="Enterprise" value={filter.text} onSearch={(text) => setFilter({ text })} maw={320} />
      <ListTable
        list={tenants}
        caption="Enterprises by name"
        columns={COLUMNS}
        keyOf={({ enterpriseId }) => enterpriseId}
        empty={filter.text ? 'No enterprise has such a name.' : 'There is no enterprise yet: ghs enterprise create'}
        minWidth={1000}
      />
    </Page>
  );
}

const COLUMNS: readonly Column<Tenant>[] = [
  {
    heading: 'Enterprise',
    cell: ({ enterpriseId, name, tenantId }) => (
      <Stack gap={2}>
        <Anchor
          component={Link}
          to={`/enterprises/${encodeURIComponent(enterpriseId)}/integrations/entra`}
          className="value"
          dir="auto"
        >
          {name}
        </Anchor>
        {tenantId !== null && (
          <Text size="xs" c="dimmed" className="value">
            {tenantId}
          </Text>
        )}
      </Stack>
    ),
  },
  {
    heading: 'Connection',
    cell: (tenant) => (
      <Stack gap={2}>
        <StatusBadge of={tenant} />
        {tenant.lastError && <Text size="xs">{tenant.lastError.message}</Text>}
      </Stack>
    ),
  },
  { heading: 'Complete up to', cell: ({ verifiedUntil }) => <Freshness of={verifiedUntil} /> },
  {
    heading: 'Oldest open change',
    cell: ({ enterpriseId, oldestChangeMs }) =>
      oldestChangeMs === null ? (
        'None open'
      ) : (
        <Anchor component={Link} to={`/operator/changes?enterprise=${encodeURIComponent(enterpriseId)}`}>
          {durationInWords(oldestChangeMs)}
        </Anchor>
      ),
  },
  { heading: 'Held', cell: ({ held }) => held.toLocaleString(), align: 'right' },
  { heading: 'Problems', cell: ({ problems }) => problems.toLocaleString(), align: 'right' },
  { heading: 'Last Sync', cell: ({ lastSyncAt }) => <Instant at={lastSyncAt} none="Never" /> },
  { heading: 'Next Sync', cell: ({ nextSyncAt }) => <Instant at={nextSyncAt} none="Not scheduled" /> },
];

function Freshness({ of }: { readonly of: Tenant['verifiedUntil'] }) {
  return (
    <Stack gap={0}>
      {(['users', 'groups', 'calendars'] as const).map((kind) => (
        <Text key={kind} size="xs">
          {kind}: <Instant at={of[kind]} none="not yet" />
        </Text>
      ))}
    </Stack>
  );
}
