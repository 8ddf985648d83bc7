import { Group, Text } from '@mantine/core';
import { onceOf, useApiList } from '../../api/use-api.js';
import { FilterSelect } from '../../frame/lists/filter-select.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { SearchField } from '../../frame/lists/search-field.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { PersonLink } from './person-link.js';
import { nameOf, PersonStatus, SourceBadge, STATUSES } from './status.js';
import type { PersonItem } from './types.js';
import { useStructure } from './use-structure.js';

const SOURCES = [
  { value: 'entra', label: 'From Microsoft Entra ID' },
  { value: 'other', label: 'GetHomeSafe only' },
];

/** Everybody of the enterprise, to find one. */
export function PeoplePage() {
  const { base } = useEnterprise();
  const { choices, names } = useStructure();
  const [filter, setFilter] = useFilter(['text', 'status', 'team', 'source']);
  const { text, status, team, source } = filter;
  const people = useApiList<PersonItem>(`${base}/people`, filter, { live: ['changes'], keep: true });
  const isFiltered = Object.values(filter).some((value) => value !== null);
  return (
    <Page title="People" about="Find a person to see where each value comes from, why, and what to do.">
      <Group align="flex-end">
        <SearchField
          label="Person"
          placeholder="Name, e-mail address or object id"
          value={text}
          onSearch={(value) => setFilter({ text: value })}
        />
        <FilterSelect
          {...{ label: 'Status', data: STATUSES, value: status }}
          onChange={(value) => setFilter({ status: value })}
        />
        <FilterSelect
          {...{ label: 'Team', data: choices, value: team, searchable: true }}
          onChange={(value) => setFilter({ team: value })}
        />
        <FilterSelect
          {...{ label: 'Source', data: SOURCES, value: source }}
          onChange={(value) => setFilter({ source: value })}
        />
      </Group>
      <ListTable
        list={people}
        caption="People"
        columns={columnsOf(names)}
        keyOf={({ id }) => id}
        empty={
          isFiltered ? 'Nobody matches.' : 'There is nobody yet. Map an Entra group, then make a plan or Sync Now.'
        }
        minWidth={720}
      />
    </Page>
  );
}

const columnsOf = onceOf((names: ReadonlyMap<string, string>): readonly Column<PersonItem>[] => {
  return [
    { heading: 'Name', cell: (person) => <PersonLink person={person.id} label={nameOf(person)} /> },
    {
      heading: 'Email Address',
      cell: ({ email }) => (
        <Text size="sm" span className="value">
          {email ?? '–'}
        </Text>
      ),
    },
    { heading: 'Status', cell: ({ status }) => <PersonStatus status={status} /> },
    {
      heading: 'Teams',
      cell: ({ teams }) => (
        <Text size="sm" span className="value" dir="auto">
          {teams.length === 0 ? 'none' : teams.map((id) => names.get(id) ?? 'a team that is gone').join(', ')}
        </Text>
      ),
    },
    { heading: 'Source', cell: ({ objectId }) => <SourceBadge objectId={objectId} /> },
  ];
});
