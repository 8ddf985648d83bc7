import { Badge, Card, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useApiList } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { useEnterprise } from '../../session/use-session.js';
import type { Calendar } from './types.js';

const CHOICES = [
  { value: 'people', label: 'All' },
  { value: 'stale', label: 'Stale' },
  { value: 'none', label: 'Without a calendar' },
];

/** The calendars and how they fare, those not verified for the longest time first. */
export function CalendarList({ staleHours }: { readonly staleHours: number }) {
  const { base } = useEnterprise();
  const [{ calendars }, setFilter] = useFilter(['calendars']);
  const filter = { show: calendars === 'none' ? 'none' : 'people', stale: calendars === 'stale' ? 'true' : null };
  const list = useApiList<Calendar>(`${base}/integration/calendars`, filter, { live: ['runs', 'changes'] });
  return (
    <Card withBorder component="section" aria-label="Calendars">
      <Stack align="stretch">
        <Title order={2} size="h4">
          Calendars
        </Title>
        <Text c="dimmed">
          Stale: not verified for {staleHours} hours or more. What is planned in GetHomeSafe is kept meanwhile.
        </Text>
        <SegmentedControl
          aria-label="Which calendars"
          data={CHOICES}
          value={calendars ?? 'people'}
          onChange={(next) => setFilter({ calendars: next === 'people' ? null : next })}
          style={{ alignSelf: 'flex-start' }}
        />
        <ListTable
          list={list}
          caption="Calendars"
          columns={COLUMNS}
          keyOf={({ objectId }) => objectId}
          empty={
            calendars === 'stale'
              ? 'No calendar is stale.'
              : 'No calendar is followed yet: they come with the next sync.'
          }
        />
      </Stack>
    </Card>
  );
}

const STATES: Readonly<Record<Calendar['state'], { readonly label: string; readonly color: string }>> = {
  ok: { label: 'Followed', color: 'teal' },
  unread: { label: 'Not read yet', color: 'gray' },
  blocked: { label: 'Closed to GetHomeSafe', color: 'red' },
  no_mailbox: { label: 'No mailbox', color: 'gray' },
  not_a_person: { label: 'Room, equipment or shared', color: 'gray' },
};

const COLUMNS: readonly Column<Calendar>[] = [
  { heading: 'Person', cell: ({ label, objectId }) => <Person name={label ?? objectId} /> },
  {
    heading: 'State',
    cell: ({ state, stale }) => (
      <Stack gap={4} align="flex-start">
        <Badge variant="light" color={STATES[state].color} tt="none" miw="max-content">
          {STATES[state].label}
        </Badge>
        {stale && state !== 'unread' && (
          <Badge variant="light" color="red" tt="none">
            Stale
          </Badge>
        )}
      </Stack>
    ),
  },
  { heading: 'Verified', cell: ({ verifiedAt }) => <Instant at={verifiedAt} none="Never" /> },
  {
    heading: 'What to know',
    cell: ({ problem, problems }) => (
      <Stack gap={4}>
        {problem && (
          <Text size="sm" className="value">
            {problem}
          </Text>
        )}
        {problems.map(({ code, message, remedy }) => (
          <Text key={`${code} ${message}`} size="sm" className="value">
            <strong>{message}</strong> {remedy}
          </Text>
        ))}
      </Stack>
    ),
  },
];

function Person({ name }: { readonly name: string }) {
  return (
    <Text size="sm" className="value" miw={120}>
      {name}
    </Text>
  );
}
