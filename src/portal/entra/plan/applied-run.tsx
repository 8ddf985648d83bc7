import { Alert, Stack, Text } from '@mantine/core';
import type { Run } from '../../api/types.js';
import { useApi, useApiList } from '../../api/use-api.js';
import { Loaded } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import type { RunItem } from '../history/types.js';
import { countsInWords, isOpen, STATUS_WORDS } from '../history/words.js';
import { Way } from '../way.js';
import { ItemList } from './plan-items.js';
import { RunProgress } from './run-progress.js';

const POLL_MS = 1_000;

/** The run that applies a plan, and afterwards what differs from it. */
export function AppliedRun({ run: id }: { readonly run: string }) {
  const { base } = useEnterprise();
  const at = `${base}/runs/${encodeURIComponent(id)}`;
  const run = useApi<Run>(at, { live: ['runs'], everyMs: (data) => (data && !isOpen(data) ? false : POLL_MS) });
  return (
    <Loaded of={run}>
      {(data) =>
        isOpen(data) ? (
          <RunProgress run={data} />
        ) : (
          <Alert color={STATUS_WORDS[data.status].color} title={`Applied: ${STATUS_WORDS[data.status].label}`}>
            <Stack gap="xs">
              <Text size="sm">{data.message ?? (countsInWords(data.counts).join(', ') || 'Nothing was changed.')}</Text>
              <Way to={`history/${encodeURIComponent(id)}`}>See what was done</Way>
              <LeftOut at={`${at}/left-out`} />
            </Stack>
          </Alert>
        )
      }
    </Loaded>
  );
}

function LeftOut({ at }: { readonly at: string }) {
  const items = useApiList<RunItem>(at);
  if (items.isPending || items.items.length === 0)
    return items.isPending ? null : <Text size="sm">Nothing was left out.</Text>;
  return (
    <>
      <Text size="sm" fw={600}>
        Left out
      </Text>
      <ItemList items={items} caption="Left out" empty="Nothing was left out." />
    </>
  );
}
