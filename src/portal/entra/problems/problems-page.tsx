import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { useApi, useApiList } from '../../api/use-api.js';
import { ActButton } from '../../frame/acts/act-button.js';
import { ReadOnlyNote } from '../../frame/acts/read-only-note.js';
import { Instant } from '../../frame/instant.js';
import { FilterSelect } from '../../frame/lists/filter-select.js';
import { type Column, ListTable, RowsTable } from '../../frame/lists/list-table.js';
import { SearchField } from '../../frame/lists/search-field.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { Loaded, Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { codeInWords } from '../history/words.js';
import { Named } from '../named.js';
import { PersonLink } from '../people/person-link.js';
import { KINDS } from './kinds.js';
import { ProblemRemedy } from './problem-remedy.js';
import type { ProblemCount, ProblemItem } from './types.js';

const LIVE = { live: ['problems', 'changes'] } as const;

/** What keeps people from being in step: by kind first, then person by person, each with its remedy. */
export function ProblemsPage() {
  const { base } = useEnterprise();
  const counts = useApi<{ items: readonly ProblemCount[] }>(`${base}/problem-counts`, LIVE);
  const [{ code, person }, setFilter] = useFilter(['code', 'person']);
  const isList = code !== null || person !== null;
  const kinds = (counts.data?.items ?? []).map(({ code: each }) => each);
  const known = [...new Set(code === null ? kinds : [...kinds, code])];
  return (
    <Page
      title="Problems"
      about="A problem of one person never holds up the others. It ends by itself when its cause is gone."
    >
      <ReadOnlyNote />
      <Group align="flex-end">
        <FilterSelect
          {...{ label: 'Kind', value: code, w: 320 }}
          data={known.map((value) => ({ value, label: titleOf(value) }))}
          onChange={(value) => setFilter({ code: value })}
        />
        <SearchField
          label="Person"
          placeholder="Name, e-mail address or object id"
          value={person}
          onSearch={(text) => setFilter({ person: text })}
        />
      </Group>
      {isList ? (
        <ProblemList code={code} text={person} />
      ) : (
        <Loaded of={counts}>
          {({ items }) => <Kinds items={items} onShow={(wanted) => setFilter({ code: wanted })} />}
        </Loaded>
      )}
    </Page>
  );
}

interface KindsProps {
  readonly items: readonly ProblemCount[];
  readonly onShow: (code: string) => void;
}

function Kinds({ items, onShow }: KindsProps) {
  const { base } = useEnterprise();
  if (items.length === 0) return <Text c="dimmed">There are no problems: everybody is in step.</Text>;
  return (
    <RowsTable
      caption="Kinds of problems"
      keyOf={({ code, severity }) => `${code} ${severity}`}
      rows={items}
      minWidth={640}
      columns={[
        {
          heading: 'Kind',
          cell: ({ code }) => (
            <Anchor component="button" type="button" size="sm" onClick={() => onShow(code)}>
              {titleOf(code)}
            </Anchor>
          ),
        },
        { heading: 'People', align: 'right', cell: ({ count }) => count.toLocaleString() },
        { heading: 'How bad', cell: ({ severity }) => <Severity of={severity} /> },
        { heading: 'What to do', cell: ({ code }) => <Text size="sm">{KINDS[code]?.remedy}</Text> },
        {
          heading: 'Do',
          cell: ({ code, count }) => (
            <ActButton<{ noted: number }>
              {...{ label: `Retry all ${count.toLocaleString()}`, about: titleOf(code) }}
              {...{ path: `${base}/problems/retry`, body: { code } }}
              done={({ noted }) => `${noted.toLocaleString()} people are read from Microsoft Entra ID next.`}
            />
          ),
        },
      ]}
    />
  );
}

function ProblemList({ code, text }: { readonly code: string | null; readonly text: string | null }) {
  const { base } = useEnterprise();
  const problems = useApiList<ProblemItem>(`${base}/problems`, { code, text }, LIVE);
  return (
    <ListTable list={problems} caption="Problems" columns={COLUMNS} keyOf={({ id }) => id} empty="Nothing matches." />
  );
}

const COLUMNS: readonly Column<ProblemItem>[] = [
  { heading: 'Person', cell: ({ person, label }) => <PersonLink person={person} label={label} /> },
  {
    heading: 'Problem',
    cell: ({ code, severity, message, openedAt }) => (
      <Stack gap={4}>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {titleOf(code)}
          </Text>
          <Severity of={severity} />
        </Group>
        <Text size="sm" className="value" dir="auto">
          <Named text={message} />
        </Text>
        <Text size="xs" c="dimmed">
          Since <Instant at={openedAt} />
        </Text>
      </Stack>
    ),
  },
  {
    heading: 'What to do',
    cell: (problem) => <ProblemRemedy problem={problem} about={problem.label ?? problem.person} />,
  },
];

function Severity({ of }: { readonly of: ProblemCount['severity'] }) {
  return of === 'error' ? <Badge color="red">Error</Badge> : <Badge color="yellow">Warning</Badge>;
}

const titleOf = (code: string) => KINDS[code]?.title ?? codeInWords(code);
