import { Badge, Button, Group, Select, Text } from '@mantine/core';
import { useAct, useApiList } from '../api/use-api.js';
import { Instant } from '../frame/instant.js';
import { type Column, ListTable } from '../frame/list-table.js';
import { Page } from '../frame/page.js';
import { ProblemAlert } from '../frame/problem-alert.js';
import { say } from '../frame/say.js';
import { SearchField } from '../frame/search-field.js';
import { useFilter } from '../frame/use-filter.js';
import type { Renewed, Subscription } from './types.js';

const KINDS = ['users', 'groups', 'events'];
const STATES = ['active', 'creating', 'gone'];
const COLORS = { active: 'teal', creating: 'yellow', gone: 'red' } as const;
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What makes Graph tell us about changes. */
export function SubscriptionsPage() {
  const [filter, setFilter] = useFilter(['tenantId', 'kind', 'state']);
  const subscriptions = useApiList<Subscription>('/operator/subscriptions', filter);
  return (
    <Page title="Subscriptions" about="What makes Microsoft Graph tell us about changes; the next to end first.">
      <Group align="flex-end">
        <SearchField
          label="Tenant GUID"
          placeholder="All tenants"
          value={filter.tenantId}
          onSearch={(tenantId) => setFilter({ tenantId })}
          miw={340}
        />
        <Select
          label="Kind"
          placeholder="All"
          clearable
          data={KINDS}
          value={filter.kind}
          onChange={(kind) => setFilter({ kind })}
        />
        <Select
          label="State"
          placeholder="All"
          clearable
          data={STATES}
          value={filter.state}
          onChange={(state) => setFilter({ state })}
        />
        <Renew tenantId={GUID.test(filter.tenantId ?? '') ? filter.tenantId : null} />
      </Group>
      <ListTable
        list={subscriptions}
        caption="Subscriptions, the next to end first"
        columns={COLUMNS}
        keyOf={({ tenantId, resource }) => `${tenantId} ${resource}`}
        empty="There is none. The service makes them when a tenant is connected and Entra ID Users Sync is on."
        minWidth={900}
      />
    </Page>
  );
}

/** As `ghs subscriptions renew --tenant` does it. */
function Renew({ tenantId }: { readonly tenantId: string | null }) {
  const renew = useAct<string, Renewed>((tenant) => {
    return { path: '/operator/subscriptions/renew', method: 'POST', body: { tenantId: tenant } };
  });
  const start = async () => {
    if (tenantId === null) return;
    const { renewed, recreated, left, failed, messages } = await renew.mutateAsync(tenantId);
    const counts = `Renewed ${renewed}, made anew ${recreated}, left to the service ${left}, failed ${failed}.`;
    say([counts, ...messages].join(' '), failed > 0 ? 'red' : 'teal');
  };
  return (
    <>
      <Button
        variant="default"
        disabled={tenantId === null}
        title={tenantId === null ? 'Give the Tenant GUID first.' : undefined}
        loading={renew.isPending}
        onClick={() => void start().catch(() => undefined)}
      >
        Renew what ends within a week
      </Button>
      <ProblemAlert error={renew.error} />
    </>
  );
}

const COLUMNS: readonly Column<Subscription>[] = [
  {
    heading: 'Resource',
    cell: ({ resource, tenantId }) => (
      <>
        <Text size="sm" className="value">
          {resource}
        </Text>
        <Text size="xs" c="dimmed" className="value">
          {tenantId}
        </Text>
      </>
    ),
  },
  { heading: 'Kind', cell: ({ kind }) => kind },
  {
    heading: 'State',
    cell: ({ state, problem }) => (
      <>
        <Badge color={COLORS[state]} variant="light">
          {state}
        </Badge>
        {problem !== null && <Text size="xs">{problem}</Text>}
      </>
    ),
  },
  { heading: 'Ends', cell: ({ expiresAt }) => <Instant at={expiresAt} /> },
  {
    heading: 'Last notification',
    cell: ({ lastNotificationAt }) => <Instant at={lastNotificationAt} none="None yet" />,
  },
  { heading: 'Notices lost', cell: ({ lostNotices }) => lostNotices.toLocaleString(), align: 'right' },
];
