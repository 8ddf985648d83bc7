import { Badge, Group, Stack, Text } from '@mantine/core';
import type { Run } from '../../api/types.js';
import { useApiList } from '../../api/use-api.js';
import { FilterSelect } from '../../frame/lists/filter-select.js';
import { type Column, ListTable } from '../../frame/lists/list-table.js';
import { SearchField } from '../../frame/lists/search-field.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { ChangeValue } from '../history/change-value.js';
import type { RunItem } from '../history/types.js';
import { fieldInWords } from '../history/words.js';
import { Named } from '../named.js';
import { PersonLink } from '../people/person-link.js';
import { useStructure } from '../people/use-structure.js';

/** What a plan would do, in the order of the filter; the count of each is the plan's own. */
const KINDS: Readonly<Partial<Record<RunItem['kind'], readonly [label: string, ...counts: string[]]>>> = {
  create: ['Add', 'created'],
  update: ['Change', 'updated'],
  archive: ['Archive', 'archived'],
  restore: ['Restore', 'restored'],
  join: ['Join team', 'teamAdded'],
  leave: ['Leave team', 'teamRemoved'],
  activity_create: ['Add activity', 'activitiesCreated'],
  activity_update: ['Change activity', 'activitiesUpdated'],
  activity_cancel: ['Cancel activity', 'activitiesCancelled'],
  problem: ['Problem', 'failed', 'warnings'],
};

interface PlanItemsProps {
  readonly at: string;
  readonly counts: Run['counts'];
}

/** The items of a plan by person, a page at a time, of one kind or one person. */
export function PlanItems({ at, counts }: PlanItemsProps) {
  const [{ kind, text }, setFilter] = useFilter(['kind', 'text']);
  const items = useApiList<RunItem>(at, { kind, text });
  const kinds = Object.entries(KINDS).map(([value, [label, ...names]]) => {
    const count = names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
    return { value, label: `${label} (${count.toLocaleString()})` };
  });
  return (
    <Stack>
      <Group align="flex-end">
        <FilterSelect
          {...{ label: 'What', all: 'Everything', data: kinds, value: kind }}
          onChange={(value) => setFilter({ kind: value })}
        />
        <SearchField
          label="Person"
          placeholder="Name, e-mail address or object id"
          value={text}
          onSearch={(value) => setFilter({ text: value })}
        />
      </Group>
      <ItemList
        items={items}
        caption="What would change"
        empty={kind === null && text === null ? 'Nothing would change: everybody is in step.' : 'Nothing matches.'}
      />
    </Stack>
  );
}

interface Grouped {
  readonly person: string;
  readonly label: string | null;
  readonly items: readonly RunItem[];
}

interface ItemListProps {
  readonly items: ReturnType<typeof useApiList<RunItem>>;
  readonly caption: string;
  readonly empty: string;
}

/** Items with those of one person together, as the plan has them one after the other. */
export function ItemList({ items, caption, empty }: ItemListProps) {
  const { names } = useStructure();
  const people = { ...items, items: groupedByPerson(items.items) } as unknown as ReturnType<typeof useApiList<Grouped>>;
  const columns: readonly Column<Grouped>[] = [
    { heading: 'Person', cell: ({ person, label }) => <PersonLink person={person} label={label} /> },
    {
      heading: 'What, and why',
      cell: ({ items: own }) => (
        <Stack gap={6}>
          {own.map((item) => (
            <Item key={keyOf(item)} of={item} names={names} />
          ))}
        </Stack>
      ),
    },
  ];
  return <ListTable {...{ list: people, caption, columns, empty }} keyOf={firstOf} minWidth={480} />;
}

/** The same person may come again, after others: with the activities of a calendar. */
const firstOf = ({ items: [first] }: Grouped) => (first ? `${first.person} ${keyOf(first)}` : '');
const keyOf = ({ kind, field, team, activity, code }: RunItem) => [kind, field, team, activity, code].join(' ');

function groupedByPerson(items: readonly RunItem[]): Grouped[] {
  const groups: { person: string; label: string | null; items: RunItem[] }[] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last?.person === item.person) last.items.push(item);
    else groups.push({ person: item.person, label: item.label, items: [item] });
  }
  return groups;
}

const COLORS: Readonly<Partial<Record<RunItem['kind'], string>>> = {
  archive: 'red',
  leave: 'red',
  activity_cancel: 'red',
  problem: 'yellow',
};

function Item({ of, names }: { readonly of: RunItem; readonly names: ReadonlyMap<string, string> }) {
  const { kind, field, team, before, after, why, code } = of;
  const hasValues = team === undefined && kind !== 'problem' && kind !== 'archive' && kind !== 'restore';
  return (
    <Text size="sm" component="div">
      <Badge color={COLORS[kind] ?? 'teal'} variant="light" tt="none" mr={6}>
        {KINDS[kind]?.[0] ?? kind}
      </Badge>
      {(code === 'not_in_plan' || code === 'not_applied') && (
        <Badge color="gray" tt="none" mr={6}>
          {code === 'not_in_plan' ? 'Not in the plan' : 'Not applied'}
        </Badge>
      )}
      {field !== undefined && `${fieldInWords(field)}: `}
      {team !== undefined && (
        <span className="value" dir="auto">
          {names.get(team) ?? 'a team that is gone'}.{' '}
        </span>
      )}
      {hasValues && <ChangeValue before={before} after={after} />}
      <Text size="sm" c="dimmed" className="value" dir="auto">
        <Named text={why} />
      </Text>
    </Text>
  );
}
