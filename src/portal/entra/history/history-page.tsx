import { Anchor, Button, Group, Select, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Run } from '../../api/types.js';
import { useApiList } from '../../api/use-api.js';
import { durationInWords, Instant } from '../../frame/instant.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { RunStatus } from './run-status.js';
import { countsInWords, STATUS_WORDS, triggerInWords } from './words.js';

const STATUSES = Object.entries(STATUS_WORDS).map(([value, { label }]) => ({ value, label }));
const TRIGGERS = [
  { value: 'manual', label: 'By hand' },
  { value: 'scheduled', label: 'Schedule' },
  { value: 'restore', label: 'After a restore' },
];

/** Every sync and preview, the latest first (domain 4.3). */
export function HistoryPage() {
  const { base, path } = useEnterprise();
  const [filter, setFilter] = useFilter(['status', 'trigger']);
  const runs = useApiList<Run>(`${base}/runs`, filter, { live: ['runs'] });
  const isFiltered = filter.status !== null || filter.trigger !== null;
  return (
    <Page
      title="Sync history"
      about="What each sync did, to whom, and what stood in its way."
      actions={
        <Button
          component="a"
          href={`/api/v1${base}/history/export?what=runs`}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Download CSV
        </Button>
      }
    >
      <Filters {...filter} onChange={setFilter} />
      <ListTable
        list={runs}
        caption="Syncs, the latest first"
        columns={columnsOf(path)}
        keyOf={({ id }) => id}
        empty={
          isFiltered ? 'No sync matches.' : 'There was no sync yet. Start one with Sync Now in Team Sync Settings.'
        }
        minWidth={860}
      />
    </Page>
  );
}

interface FiltersProps {
  readonly status: string | null;
  readonly trigger: string | null;
  readonly onChange: (changes: { status?: string | null; trigger?: string | null }) => void;
}

function Filters({ status, trigger, onChange }: FiltersProps) {
  return (
    <Group align="flex-end">
      <Select
        label="Status"
        placeholder="All"
        clearable
        data={STATUSES}
        value={status}
        onChange={(next) => onChange({ status: next })}
      />
      <Select
        label="Started by"
        placeholder="All"
        clearable
        data={TRIGGERS}
        value={trigger}
        onChange={(next) => onChange({ trigger: next })}
      />
    </Group>
  );
}

function columnsOf(path: string): readonly Column<Run>[] {
  return [
    {
      heading: 'Started',
      cell: (run) => (
        <Anchor component={Link} size="sm" to={`${path}/history/${encodeURIComponent(run.id)}`}>
          <Instant at={run.startedAt ?? run.requestedAt} seconds />
        </Anchor>
      ),
    },
    { heading: 'Trigger', cell: triggerInWords },
    { heading: 'By', cell: ({ requestedBy }) => <span className="value">{requestedBy}</span> },
    { heading: 'Duration', cell: durationOf },
    { heading: 'Status', cell: (run) => <RunStatus run={run} /> },
    {
      heading: 'What it did',
      cell: ({ counts, message }) => (
        <Text size="sm">{message ?? (countsInWords(counts).join(', ') || 'Nothing to do')}</Text>
      ),
    },
  ];
}

export function durationOf({ startedAt, finishedAt }: Run): string {
  if (startedAt === null || finishedAt === null) return '–';
  return durationInWords(Date.parse(finishedAt) - Date.parse(startedAt));
}
