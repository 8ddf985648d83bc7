import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Integration } from '../../api/types.js';
import { Instant } from '../../frame/instant.js';
import { Loaded } from '../../frame/page.js';
import { RunOutcome } from './run-outcome.js';
import { SyncNow } from './sync-now.js';
import { useSyncState } from './use-sync-state.js';

type Shown = Pick<Integration, 'lastSyncAt' | 'nextSyncAt' | 'usersSync' | 'teamSync' | 'paused'>;

/** Last Sync, Next Sync, how the last one ended, and Sync Now (S18 to S20). */
export function SyncDetails({ of }: { readonly of: Shown }) {
  const sync = useSyncState();
  return (
    <Card withBorder component="section" aria-labelledby="sync-details">
      <Stack>
        <Title order={2} size="h4" id="sync-details">
          Sync details
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 3 }} component="dl" m={0}>
          <Fact name="Last Sync">
            <Instant at={of.lastSyncAt} none="Never" />
          </Fact>
          <Fact name="Next Sync">
            <Instant at={of.nextSyncAt} none={whyNoNext(of)} />
          </Fact>
          <Fact name="Result of the last sync">
            {sync.data?.last ? <RunOutcome run={sync.data.last} /> : <Text>None yet</Text>}
          </Fact>
        </SimpleGrid>
        <Loaded of={sync}>{(state) => <SyncNow state={state} />}</Loaded>
      </Stack>
    </Card>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <dd style={{ margin: 0 }}>{children}</dd>
    </div>
  );
}

/** Next Sync where there is none (S13, S14). */
function whyNoNext({ usersSync, teamSync, paused }: Shown): string {
  if (!usersSync) return 'Off';
  if (!teamSync) return 'Not scheduled';
  return paused ? 'Paused' : 'Not scheduled';
}
