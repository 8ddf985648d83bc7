import { Button, Group, Select, SimpleGrid, Switch, Text } from '@mantine/core';
import { useAct, useApi, useApiList } from '../api/use-api.js';
import { Instant } from '../frame/instant.js';
import { type Column, ListTable } from '../frame/list-table.js';
import { Loaded, Page } from '../frame/page.js';
import { ProblemAlert } from '../frame/problem-alert.js';
import { say } from '../frame/say.js';
import { useFilter } from '../frame/use-filter.js';
import { useSession } from '../session/use-session.js';
import type { Change, ChangeStats } from './types.js';

const KINDS = ['user', 'group', 'events', 'subscription'];
const EVERY_MS = 5_000;
const STAT_WORDS: readonly (readonly [keyof ChangeStats, string])[] = [
  ['accepted', 'Accepted'],
  ['open', 'Open'],
  ['parked', 'Parked'],
  ['applied', 'Applied'],
  ['unchanged', 'Unchanged'],
  ['outOfScope', 'Out of scope'],
  ['held', 'Held'],
];

/** What Graph told and is not done yet. */
export function ChangesPage() {
  const { data } = useSession();
  const [filter, setFilter] = useFilter(['enterprise', 'kind', 'parked']);
  const { enterprise } = filter;
  const at = enterprise === null ? null : `/operator/enterprises/${encodeURIComponent(enterprise)}/changes`;
  const stats = useApi<ChangeStats>(at === null ? '/operator/changes' : `${at}/stats`, { everyMs: EVERY_MS });
  return (
    <Page title="Changes" about="Notifications of Microsoft Graph by what became of them, and what is not done yet.">
      <Select
        label="Enterprise"
        placeholder="All"
        clearable
        searchable
        maw={360}
        data={data?.enterprises.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={enterprise}
        onChange={(value) => setFilter({ enterprise: value })}
      />
      <Loaded of={stats}>
        {(counts) => (
          <SimpleGrid cols={{ base: 2, sm: 4, md: 7 }} component="dl" my={0}>
            {STAT_WORDS.map(([name, words]) => (
              <div key={name}>
                <Text component="dt" size="xs" c="dimmed">
                  {words}
                </Text>
                <Text component="dd" m={0} fw={600} className="number">
                  {counts[name].toLocaleString()}
                </Text>
              </div>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
      {at === null ? (
        <Text c="dimmed">Choose an enterprise to see its open and parked changes.</Text>
      ) : (
        <Changes at={at} {...filter} onFilter={setFilter} />
      )}
    </Page>
  );
}

interface ChangesProps {
  readonly at: string;
  readonly kind: string | null;
  readonly parked: string | null;
  readonly onFilter: (changes: { kind?: string | null; parked?: string | null }) => void;
}

function Changes({ at, kind, parked, onFilter }: ChangesProps) {
  const changes = useApiList<Change>(at, { kind, parked });
  const retry = useAct<{ id?: string; kind?: string }, { retried: number }>((body) => {
    return { path: `${at}/retry`, method: 'POST', body };
  });
  const start = async (which: { id?: string; kind?: string }) => {
    const { retried } = await retry.mutateAsync(which);
    say(`Opened ${retried} changes again.`);
  };
  return (
    <>
      <Group align="flex-end">
        <Select
          label="Kind"
          placeholder="All"
          clearable
          data={KINDS}
          value={kind}
          onChange={(value) => onFilter({ kind: value })}
        />
        <Switch
          label="Parked only"
          checked={parked === 'true'}
          onChange={({ currentTarget }) => onFilter({ parked: currentTarget.checked ? 'true' : null })}
        />
        <Button
          variant="default"
          loading={retry.isPending}
          onClick={() => void start(kind === null ? {} : { kind }).catch(() => undefined)}
        >
          Retry all parked{kind === null ? '' : ` of kind ${kind}`}
        </Button>
      </Group>
      <ProblemAlert error={retry.error} />
      <ListTable
        list={changes}
        caption="Open and parked changes, the longest open first"
        columns={columnsOf((id) => void start({ id }).catch(() => undefined))}
        keyOf={({ id }) => id}
        empty="Nothing is open or parked."
        minWidth={860}
      />
    </>
  );
}

function columnsOf(onRetry: (id: string) => void): readonly Column<Change>[] {
  return [
    {
      heading: 'About',
      cell: ({ kind, objectId }) => (
        <Text size="sm" className="value">
          {kind} {objectId}
        </Text>
      ),
    },
    { heading: 'From', cell: ({ via }) => via.replaceAll('_', ' ') },
    { heading: 'Open since', cell: ({ openedAt }) => <Instant at={openedAt} seconds /> },
    { heading: 'Next try', cell: ({ dueAt }) => <Instant at={dueAt} seconds /> },
    { heading: 'Tries', cell: ({ attempts }) => attempts, align: 'right' },
    {
      heading: 'Parked because',
      cell: ({ parked }) => (parked === null ? '–' : <Text size="sm">{`${parked.code}: ${parked.message}`}</Text>),
    },
    {
      heading: 'Act',
      cell: ({ id, kind, objectId, parked }) =>
        parked && (
          <Button size="xs" variant="default" aria-label={`Retry ${kind} ${objectId}`} onClick={() => onRetry(id)}>
            Retry
          </Button>
        ),
    },
  ];
}
