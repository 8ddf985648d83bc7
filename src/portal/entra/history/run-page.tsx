import { Alert, Anchor, Button, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { Run } from '../../api/types.js';
import { useApi } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Loaded, Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { durationOf } from './history-page.js';
import { RunItems } from './run-items.js';
import { RunStatus } from './run-status.js';
import { UndoRun } from './undo-run.js';
import { countsInWords, isOpen, triggerInWords } from './words.js';

/** A run is followed so closely while it is under way. */
const FOLLOW_MS = 1_000;

const TABS = [
  { value: 'users', label: 'Users' },
  { value: 'teams', label: 'Teams' },
  { value: 'activities', label: 'Activities' },
  { value: 'problems', label: 'Errors' },
] as const;

/** One run: what it did to whom, and what stood in the way (domain 4.3). */
export function RunPage() {
  const { base, path } = useEnterprise();
  const { run: id = '' } = useParams();
  const at = `${base}/runs/${encodeURIComponent(id)}`;
  const follow = (data: Run | undefined) => (data && isOpen(data) ? FOLLOW_MS : false);
  const found = useApi<Run>(at, { live: ['runs'], everyMs: follow });
  return (
    <Page
      title="Sync"
      actions={
        <>
          <Button
            component="a"
            href={`/api/v1${base}/history/export?what=items&run=${encodeURIComponent(id)}`}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Download CSV
          </Button>
          {found.data && <UndoRun run={found.data} at={at} />}
        </>
      }
    >
      <Anchor component={Link} to={`${path}/history`} size="sm">
        ← Sync history
      </Anchor>
      <Loaded of={found}>
        {(run) => (
          <>
            <Summary run={run} />
            <ItemTabs run={run} at={at} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Summary({ run }: { readonly run: Run }) {
  const counts = countsInWords(run.counts);
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Fact label="Status">
          <RunStatus run={run} />
        </Fact>
        <Fact label="Trigger">{triggerInWords(run)}</Fact>
        <Fact label="By">
          <span className="value">{run.requestedBy}</span>
        </Fact>
        <Fact label="Started">
          <Instant at={run.startedAt} none="Not yet" seconds />
        </Fact>
        <Fact label="Duration">{durationOf(run)}</Fact>
        <Fact label="Held">{run.held.toLocaleString()}</Fact>
      </SimpleGrid>
      <Text role="status">
        {isOpen(run) ? `Syncing, ${run.phase}: ` : ''}
        {counts.join(', ') || (isOpen(run) ? 'nothing yet' : 'Nothing was changed.')}
      </Text>
      {run.message !== null && (
        <Alert color={run.status === 'failed' ? 'red' : 'yellow'} title={run.code?.replaceAll('_', ' ')}>
          {run.message}
        </Alert>
      )}
    </Stack>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div">{children}</Text>
    </div>
  );
}

function ItemTabs({ run, at }: { readonly run: Run; readonly at: string }) {
  const [{ tab }, setFilter] = useFilter(['tab', 'severity', 'code', 'person']);
  const { failed = 0, warnings = 0 } = run.counts;
  const shown = TABS.find(({ value }) => value === tab)?.value ?? (failed > 0 ? 'problems' : 'users');
  return (
    <Tabs value={shown} onChange={(next) => setFilter({ tab: next, severity: null, code: null })} keepMounted={false}>
      <Tabs.List>
        {TABS.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
            {value === 'problems' && failed + warnings > 0 ? ` (${(failed + warnings).toLocaleString()})` : ''}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TABS.map(({ value }) => (
        <Tabs.Panel key={value} value={value} pt="md">
          <RunItems run={run} at={at} about={value} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
