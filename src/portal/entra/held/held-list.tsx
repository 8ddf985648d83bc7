import { Group, Stack, Text } from '@mantine/core';
import { useApiList } from '../../api/use-api.js';
import { ActButton } from '../../frame/acts/act-button.js';
import { Instant } from '../../frame/instant.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { useEnterprise } from '../../session/use-session.js';
import { PersonLink } from '../people/person-link.js';
import { APPROVED, REFUSED } from './held-counts.js';
import { HeldWords } from './held-words.js';
import type { DecisionInWords } from './types.js';

/** Each held change with its person, to be decided alone. */
export function HeldList({ subject }: { readonly subject: string | null }) {
  const { base } = useEnterprise();
  const held = useApiList<DecisionInWords>(`${base}/decisions`, { subject }, { live: ['problems', 'changes'] });
  return (
    <ListTable
      list={held}
      caption="Held changes"
      columns={COLUMNS}
      keyOf={({ id }) => id}
      empty="Nothing is held. Where a sync would take away more at once than the limit allows, it waits here for you."
      minWidth={760}
    />
  );
}

const COLUMNS: readonly Column<DecisionInWords>[] = [
  { heading: 'Person', cell: ({ userId, person, label }) => <PersonLink person={userId ?? person} label={label} /> },
  { heading: 'What would be taken', cell: (item) => <HeldWords of={item} /> },
  {
    heading: 'Why it is held',
    cell: ({ at }) => (
      <Text size="sm">
        More than the limit would be taken at once. Since <Instant at={at} />
      </Text>
    ),
  },
  { heading: 'Refused by itself', cell: ({ until }) => <Instant at={until} /> },
  { heading: 'Decide', cell: (item) => <Decide of={item} /> },
];

function Decide({ of: { id, value, label, person } }: { readonly of: DecisionInWords }) {
  const { base } = useEnterprise();
  const about = label ?? person;
  const body = { ids: [id], value };
  return (
    <Group gap="xs" wrap="nowrap">
      <ActButton
        {...{ label: 'Approve', about, body, path: `${base}/decisions/approve`, color: 'red' }}
        ask={{ title: `Approve it for ${about}?`, text: APPROVED }}
        done={() => `Approved. ${about} is read once more, then it is applied.`}
      />
      <ActButton
        {...{ label: 'Refuse', about, body, path: `${base}/decisions/refuse` }}
        ask={{ title: `Refuse it for ${about}?`, text: <Stack gap="xs">{REFUSED}</Stack> }}
        done={() => `Refused. ${about} stays as it is.`}
      />
    </Group>
  );
}
