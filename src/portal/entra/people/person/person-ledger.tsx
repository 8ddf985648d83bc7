import { Text } from '@mantine/core';
import { Instant } from '../../../frame/instant.js';
import { type Column, RowsTable } from '../../../frame/lists/list-table.js';
import { ChangeValue } from '../../history/change-value.js';
import { fieldInWords, KIND_WORDS } from '../../history/words.js';
import type { PersonWhy } from '../types.js';
import { useStructure } from '../use-structure.js';

type Entry = PersonWhy['ledger'][number];

const CAUSES: Readonly<Record<string, string>> = {
  notification: 'Microsoft told of a change',
  catch_up: 'catch-up',
  fan_out: 'a change of an Entra group',
  look: 'a second look',
  recheck: 'looked at again',
  run: 'sync',
  undo: 'undo',
  person: 'by hand',
};

/** The newest writes about the person, each with its cause. */
export function PersonLedger({ ledger }: Pick<PersonWhy, 'ledger'>) {
  const { names } = useStructure();
  if (ledger.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing was written about this person.
      </Text>
    );
  return (
    <RowsTable
      caption="What was written"
      columns={columnsOf(names)}
      keyOf={({ id }) => id}
      rows={ledger}
      minWidth={760}
    />
  );
}

function columnsOf(names: ReadonlyMap<string, string>): readonly Column<Entry>[] {
  return [
    { heading: 'When', cell: ({ at }) => <Instant at={at} seconds /> },
    {
      heading: 'What',
      cell: ({ kind, field, team }) => (
        <span className="value" dir="auto">
          {KIND_WORDS[kind as keyof typeof KIND_WORDS] ?? kind}
          {field !== null && `: ${fieldInWords(field)}`}
          {team !== null && `: ${names.get(team) ?? 'a team that is gone'}`}
        </span>
      ),
    },
    {
      heading: 'Before → after',
      cell: ({ team, before, after }) => (team === null ? <ChangeValue before={before} after={after} /> : '–'),
    },
    {
      heading: 'Why',
      cell: ({ why, cause }) => (
        <Text size="sm">
          {why} ({CAUSES[cause.by] ?? cause.by}
          {cause.who !== undefined && `, ${cause.who}`}
          {cause.reason ? `: ${cause.reason}` : ''})
        </Text>
      ),
    },
  ];
}
