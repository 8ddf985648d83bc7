import { Badge, Text } from '@mantine/core';
import { useApi } from '../../../api/use-api.js';
import { Instant } from '../../../frame/instant.js';
import { RowsTable } from '../../../frame/lists/list-table.js';
import { Loaded } from '../../../frame/page.js';
import { Section } from '../../../frame/section.js';
import { Value } from '../../history/change-value.js';
import { codeInWords } from '../../history/words.js';
import type { ActivityOfPerson } from '../types.js';

/** What the person has planned or under way, and what of it came from the calendar. */
export function PersonActivities({ at }: { readonly at: string }) {
  const activities = useApi<{ items: readonly ActivityOfPerson[] }>(`${at}/activities`, { live: ['changes'] });
  return (
    <Section id="activities" title="Activities to come">
      <Loaded of={activities}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing is planned.
            </Text>
          ) : (
            <RowsTable
              caption="Activities to come"
              keyOf={({ id }) => id}
              rows={items}
              minWidth={560}
              columns={[
                { heading: 'Activity', cell: ({ name }) => <Value of={name} /> },
                { heading: 'Start', cell: ({ start }) => <Instant at={start} /> },
                { heading: 'Finish', cell: ({ finish }) => <Instant at={finish} /> },
                { heading: 'Status', cell: ({ status, alert }) => codeInWords(alert ?? status) },
                {
                  heading: 'From',
                  cell: ({ source }) =>
                    source === 'manual' ? 'GetHomeSafe' : <Badge tt="none">Office 365 calendar</Badge>,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}
