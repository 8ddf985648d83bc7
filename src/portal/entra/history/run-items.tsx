import { Anchor, Badge, Group, Select, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Run } from '../../api/types.js';
import { useApi, useApiList } from '../../api/use-api.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { SearchField } from '../../frame/lists/search-field.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { useEnterprise } from '../../session/use-session.js';
import { Named } from '../named.js';
import { ChangeValue } from './change-value.js';
import { Remedy } from './remedy.js';
import type { RunItem } from './types.js';
import { codeInWords, fieldInWords, isOpen, KIND_WORDS } from './words.js';

interface RunItemsProps {
  readonly run: Run;
  readonly at: string;
  readonly about: 'users' | 'teams' | 'activities' | 'problems';
}

const SEVERITIES = [
  { value: 'error', label: 'Errors' },
  { value: 'warning', label: 'Warnings' },
];

/** What a run did of one kind, or what stood in its way, a page at a time. */
export function RunItems({ run, at, about }: RunItemsProps) {
  const { base, path } = useEnterprise();
  const teams = useTeamNames(base);
  const [{ severity, code, person }, setFilter] = useFilter(['severity', 'code', 'person']);
  const filter = about === 'problems' ? { about, severity, code, person } : { about, person };
  const items = useApiList<RunItem>(`${at}/items`, filter, { live: isOpen(run) ? ['runs', 'changes'] : [] });
  const isFiltered = [severity, code, person].some((value) => value !== null);
  const codes = [...new Set([...items.items.flatMap((item) => item.code ?? []), ...(code === null ? [] : [code])])];
  return (
    <Stack>
      <Group align="flex-end">
        <SearchField
          label="Person"
          placeholder="E-mail address or object id"
          value={person}
          onSearch={(text) => setFilter({ person: text })}
        />
        {about === 'problems' && (
          <>
            <Select
              label="How bad"
              placeholder="All"
              clearable
              data={SEVERITIES}
              value={severity}
              onChange={(value) => setFilter({ severity: value })}
            />
            <Select
              label="Kind"
              placeholder="All"
              clearable
              data={codes.map((value) => ({ value, label: codeInWords(value) }))}
              value={code}
              onChange={(value) => setFilter({ code: value })}
            />
          </>
        )}
      </Group>
      <ListTable
        list={items}
        caption={about === 'problems' ? 'What stood in the way' : `What the sync did to ${about}`}
        columns={about === 'problems' ? problemColumns(path) : changeColumns(path, teams)}
        keyOf={keyOf}
        empty={isFiltered ? 'Nothing matches.' : emptyOf(run, about)}
        minWidth={760}
      />
    </Stack>
  );
}

function emptyOf(run: Run, about: RunItemsProps['about']): string {
  if (isOpen(run)) return 'Nothing yet.';
  if (about === 'problems') return 'Nothing stood in the way.';
  return run.dry ? `No ${about} would change.` : `No ${about} were changed by this sync.`;
}

/** Names of teams by id; a team that is gone has none. */
export function useTeamNames(base: string): ReadonlyMap<string, string> {
  const { data } = useApi<{ organisations: { teams: { id: string; name: string }[] }[] }>(base);
  const teams = data?.organisations.flatMap((organisation) => organisation.teams) ?? [];
  return new Map(teams.map(({ id, name }) => [id, name]));
}

const keyOf = ({ person, kind, field, team, activity, code, at }: RunItem) =>
  [person, kind, field, team, activity, code, at].join(' ');

function personColumn(path: string): Column<RunItem> {
  return {
    heading: 'Person',
    cell: ({ person, label }) => (
      <Anchor
        component={Link}
        className="value"
        dir="auto"
        size="sm"
        to={`${path}/people/${encodeURIComponent(person)}`}
      >
        {label ?? person}
      </Anchor>
    ),
  };
}

function changeColumns(path: string, teams: ReadonlyMap<string, string>): readonly Column<RunItem>[] {
  return [
    personColumn(path),
    {
      heading: 'What',
      cell: ({ kind, field, team, code }) => (
        <Text size="sm" component="div">
          {KIND_WORDS[kind]}
          {field !== undefined && `: ${fieldInWords(field)}`}
          {team !== undefined && (
            <span className="value" dir="auto">
              {' '}
              {teams.get(team) ?? 'a team that is gone'}
            </span>
          )}
          {code !== undefined && <Badge color="yellow">{codeInWords(code)}</Badge>}
        </Text>
      ),
    },
    { heading: 'Before → after', cell: (item) => (item.team === undefined ? <ChangeValue {...item} /> : '–') },
    {
      heading: 'Why',
      cell: ({ why }) => (
        <Text size="sm">
          <Named text={why} />
        </Text>
      ),
    },
  ];
}

function problemColumns(path: string): readonly Column<RunItem>[] {
  return [
    personColumn(path),
    {
      heading: 'Problem',
      cell: ({ code = '', result }) => (
        <Badge color={result === 'error' ? 'red' : 'yellow'} variant="light">
          {codeInWords(code)}
        </Badge>
      ),
    },
    { heading: 'What to do', cell: (item) => <Remedy item={item} /> },
  ];
}
