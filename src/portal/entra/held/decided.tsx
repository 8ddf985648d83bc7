import { Text } from '@mantine/core';
import { useApiList } from '../../api/use-api.js';
import { ActButton } from '../../frame/acts/act-button.js';
import { Instant } from '../../frame/instant.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { useEnterprise } from '../../session/use-session.js';
import { PersonLink } from '../people/person-link.js';
import { HeldWords } from './held-words.js';
import type { DecisionInWords } from './types.js';
import { VERDICT_WORDS } from './words.js';

/** What was said of single values, and how it is taken back. */
export function Decided({ verdict }: { readonly verdict: keyof typeof VERDICT_WORDS }) {
  const { base } = useEnterprise();
  const list = useApiList<DecisionInWords>(`${base}/decisions`, { verdict }, { live: ['problems', 'changes'] });
  return (
    <ListTable
      list={list}
      caption={VERDICT_WORDS[verdict]}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      empty={`Nothing is ${VERDICT_WORDS[verdict].toLowerCase()}.`}
      minWidth={720}
    />
  );
}

const COLUMNS: readonly Column<DecisionInWords>[] = [
  { heading: 'Person', cell: ({ userId, person, label }) => <PersonLink person={userId ?? person} label={label} /> },
  { heading: 'About', cell: (item) => <HeldWords of={item} /> },
  {
    heading: 'By',
    cell: ({ by, at, reason }) => (
      <Text size="sm" component="div">
        {by}, <Instant at={at} />
        {reason !== null && <div>{reason}</div>}
      </Text>
    ),
  },
  { heading: 'Take back', cell: (item) => <Release of={item} /> },
];

function Release({ of: { id, label, person } }: { readonly of: DecisionInWords }) {
  const { base } = useEnterprise();
  return (
    <ActButton
      {...{ label: 'Release', about: label ?? person, path: `${base}/decisions/release`, body: { ids: [id] } }}
      ask={{
        title: `Release the verdict on ${label ?? person}?`,
        text: 'The sync follows Microsoft Entra ID again: the person is read next, and what it says is applied.',
      }}
      done={() => 'Released: the person is read next.'}
    />
  );
}
