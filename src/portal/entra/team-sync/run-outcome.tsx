import { Group, Stack, Text } from '@mantine/core';
import type { Run } from '../../api/types.js';
import { Instant } from '../../frame/instant.js';
import { RunStatus } from '../history/run-status.js';

const COUNTS: readonly (readonly [name: string, words: string])[] = [
  ['created', 'created'],
  ['updated', 'updated'],
  ['archived', 'archived'],
  ['restored', 'restored'],
  ['teamAdded', 'team places given'],
  ['teamRemoved', 'team places taken'],
  ['activitiesCreated', 'activities scheduled'],
  ['activitiesUpdated', 'activities changed'],
  ['activitiesCancelled', 'activities cancelled'],
  ['failed', 'errors'],
  ['warnings', 'warnings'],
];

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
      {run.status.startsWith('succeeded') && <Text size="sm">{countsInWords(run)}</Text>}
      {run.message && <Text size="sm">{run.message}</Text>}
    </Stack>
  );
}

function countsInWords({ counts, held }: Pick<Run, 'counts' | 'held'>): string {
  const parts = COUNTS.flatMap(([name, words]) => (counts[name] ? [`${counts[name]} ${words}`] : []));
  const all = held > 0 ? [...parts, `${held} held`] : parts;
  return `${counts['seen'] ?? 0} people seen: ${all.length > 0 ? all.join(', ') : 'nothing to change'}`;
}
