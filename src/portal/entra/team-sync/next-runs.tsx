import { List, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { queryOf } from '../../api/client.js';
import type { Integration } from '../../api/types.js';
import { useApi } from '../../api/use-api.js';
import { Instant } from '../../frame/instant.js';
import { useEnterprise } from '../../session/use-session.js';
import type { SchedulePreview } from '../connection-types.js';

const TYPING_MS = 300;
const VIEWER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** When syncs would run with what is chosen, saved or not; in the schedule's zone too where the viewer's is another. */
export function NextRuns({ of }: { readonly of: Integration }) {
  const { base } = useEnterprise();
  const { frequency, dayOfWeek, dayOfMonth, time, zone } = of;
  const [query] = useDebouncedValue(queryOf({ frequency, dayOfWeek, dayOfMonth, time, zone, count: 3 }), TYPING_MS);
  const { data } = useApi<SchedulePreview>(`${base}/integration/schedule${query}`);
  if (!data) return null;
  const there = new Intl.DateTimeFormat(undefined, {
    ...{ timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' },
  });
  return (
    <div>
      <Text size="sm" fw={600}>
        The next syncs with this schedule
      </Text>
      <List size="sm" aria-label="Next syncs">
        {data.runs.map((at) => (
          <List.Item key={at}>
            <Instant at={at} />
            {zone !== VIEWER_ZONE && ` (${there.format(new Date(at))} in ${zone})`}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
