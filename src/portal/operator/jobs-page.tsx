import { Badge, Title } from '@mantine/core';
import { type Page as Listed, useApi } from '../api/use-api.js';
import { Instant } from '../frame/instant.js';
import { type Column, RowsTable } from '../frame/list-table.js';
import { Loaded, Page } from '../frame/page.js';
import type { EndpointReport, Job } from './types.js';

const EVERY_MS = 5_000;
const COLORS = { good: 'teal', near: 'yellow', delayed: 'red', dropped: 'red' } as const;

/** What runs on a schedule, and how fast Graph gets its answers. */
export function JobsPage() {
  const jobs = useApi<Listed<Job>>('/operator/jobs', { everyMs: EVERY_MS });
  const answers = useApi<Listed<EndpointReport>>('/operator/answers', { everyMs: EVERY_MS });
  return (
    <Page title="Jobs and answers">
      <Title order={2} size="h4">
        Jobs
      </Title>
      <Loaded of={jobs}>
        {({ items }) => (
          <RowsTable caption="Jobs" columns={JOBS} keyOf={({ name }) => name} rows={items} minWidth={640} />
        )}
      </Loaded>
      <Title order={2} size="h4">
        Answers to Microsoft Graph, last ten minutes
      </Title>
      <Loaded of={answers}>
        {({ items }) => (
          <RowsTable
            caption="Answers to Microsoft Graph"
            columns={ANSWERS}
            keyOf={({ process }) => process}
            rows={items}
            minWidth={640}
          />
        )}
      </Loaded>
    </Page>
  );
}

const JOBS: readonly Column<Job>[] = [
  { heading: 'Job', cell: ({ name }) => name },
  { heading: 'Last run', cell: ({ lastRunAt }) => <Instant at={lastRunAt} none="Never" seconds /> },
  { heading: 'Finished', cell: ({ lastFinishedAt }) => <Instant at={lastFinishedAt} seconds /> },
  { heading: 'Next run', cell: ({ nextRunAt }) => <Instant at={nextRunAt} seconds /> },
  { heading: 'Last failed', cell: ({ failedAt }) => <Instant at={failedAt} none="Never" seconds /> },
];

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const ANSWERS: readonly Column<EndpointReport>[] = [
  { heading: 'Process', cell: ({ process }) => <span className="value">{process}</span> },
  { heading: 'Reported', cell: ({ at }) => <Instant at={at} seconds /> },
  { heading: 'Answers', cell: ({ answers }) => answers.toLocaleString(), align: 'right' },
  { heading: 'Over 3 s', cell: ({ over3s }) => percent(over3s), align: 'right' },
  { heading: 'Over 10 s', cell: ({ over10s }) => percent(over10s), align: 'right' },
  {
    heading: 'Graph sees it as',
    cell: ({ state }) => (
      <Badge color={COLORS[state]} variant="light">
        {state}
      </Badge>
    ),
  },
];
