import { Group, Stack, Text } from '@mantine/core';
import type { Run } from '../../api/types.js';
import { Instant } from '../../frame/instant.js';
import { RunStatus } from '../history/run-status.js';
import { countsInWords } from '../history/words.js';

/** How a sync ended, with its counts in words. */
export function RunOutcome({ run }: { readonly run: Run }) {
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <RunStatus run={run} />
        <Text size="sm">
          {run.trigger === 'scheduled' ? 'Scheduled' : 'Manual'}, <Instant at={run.finishedAt ?? run.requestedAt} />
        </Text>
      </Group>
      {run.status.startsWith('succeeded') && <Text size="sm">{outcomeInWords(run)}</Text>}
      {run.message && <Text size="sm">{run.message}</Text>}
    </Stack>
  );
}

function outcomeInWords({ counts: { seen = 0, ...counts }, held }: Pick<Run, 'counts' | 'held'>): string {
  const did = countsInWords(counts);
  const all = held > 0 ? [...did, `${held.toLocaleString()} held`] : did;
  return `${seen.toLocaleString()} people seen: ${all.length > 0 ? all.join(', ') : 'nothing to change'}`;
}
