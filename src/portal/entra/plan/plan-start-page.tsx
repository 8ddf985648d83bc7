import { Alert, Anchor, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import type { Integration, Run } from '../../api/types.js';
import { useAct, useApi } from '../../api/use-api.js';
import { ReadOnlyNote } from '../../frame/acts/read-only-note.js';
import { Instant } from '../../frame/instant.js';
import { RowsTable } from '../../frame/lists/list-table.js';
import { Loaded, Page } from '../../frame/page.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { countsInWords, STATUS_WORDS } from '../history/words.js';
import { useStructure } from '../people/use-structure.js';
import type { EntraPath } from '../sections.js';
import { Way } from '../way.js';
import type { PlanStart } from './types.js';

const LIVE = { live: ['runs', 'changes'] } as const;

/** Where a plan is made: before the first sync always, later whenever somebody wants to look first. */
export function PlanStartPage() {
  const { base } = useEnterprise();
  const start = useApi<PlanStart>(`${base}/plan-start`, LIVE);
  return (
    <Page title="Plan" about="See what a sync would do to whom, and why, before anything is changed.">
      <ReadOnlyNote />
      <Loaded of={start}>
        {(data) => (
          <>
            {data.isFirst && <FirstSync start={data} />}
            <MakePlan start={data} />
          </>
        )}
      </Loaded>
      <LatestPlans />
    </Page>
  );
}

function FirstSync({ start }: { readonly start: PlanStart }) {
  const { base, mayChange } = useEnterprise();
  const { names } = useStructure();
  const save = useAct<string | null, Integration>((startWithTeam) => ({
    path: `${base}/integration`,
    method: 'PATCH',
    body: { startWithTeam },
  }));
  const teams = start.teams.map(({ id, name, organisation }) => ({
    ...{ value: id, label: `${name} (${names.get(organisation) ?? 'organisation'})` },
  }));
  return (
    <Alert title="The first sync is planned first">
      <Stack gap="sm">
        <Text size="sm">
          Nothing has been synced yet. Make a plan, look at it, and apply exactly that. You can start with one team:
          only the Entra groups mapped to it count until you choose all teams.
        </Text>
        <Select
          label="Start with one team"
          maw={380}
          searchable
          clearable
          placeholder="All mapped teams"
          data={teams}
          value={start.startWithTeam}
          disabled={!mayChange || save.isPending}
          error={save.error?.message}
          onChange={(value) => save.mutate(value)}
        />
      </Stack>
    </Alert>
  );
}

/** Where what keeps a plan from being made is put right. */
const PLACES: Readonly<Record<string, readonly [to: EntraPath, words: string]>> = {
  not_connected: ['', 'Connect Microsoft Entra ID'],
  users_sync_off: ['team-sync', 'Go to Team Sync Settings'],
  paused: ['team-sync', 'Go to Team Sync Settings'],
  no_group_mapping: ['team-mappings', 'Go to Team Mappings'],
};

function MakePlan({ start: { refused } }: { readonly start: PlanStart }) {
  const { base, path, mayChange } = useEnterprise();
  const navigate = useNavigate();
  const make = useAct<null, { run: Run }>(() => ({ path: `${base}/runs`, method: 'POST', body: { dry: true } }));
  const place = refused && PLACES[refused.code];
  const begin = () =>
    make.mutate(null, { onSuccess: ({ run }) => void navigate(`${path}/plan/${encodeURIComponent(run.id)}`) });
  if (refused)
    return (
      <Alert color="gray" title="A plan cannot be made yet">
        <Text size="sm">{refused.message}</Text>
        {place && <Way to={place[0]}>{place[1]}</Way>}
      </Alert>
    );
  if (!mayChange) return null;
  return (
    <Stack gap="xs" align="flex-start">
      <Button onClick={begin} loading={make.isPending}>
        Make a plan
      </Button>
      <ProblemAlert error={make.error} />
    </Stack>
  );
}

function LatestPlans() {
  const { base, path } = useEnterprise();
  const plans = useApi<{ items: readonly Run[] }>(`${base}/plans`, LIVE);
  return (
    <Loaded of={plans}>
      {({ items }) =>
        items.length === 0 ? null : (
          <Stack gap="xs">
            <Title order={2} size="h4">
              Latest plans
            </Title>
            <RowsTable
              caption="Latest plans"
              keyOf={({ id }) => id}
              rows={items}
              minWidth={560}
              columns={[
                {
                  heading: 'Made',
                  cell: ({ id, requestedAt }) => (
                    <Anchor component={Link} size="sm" to={`${path}/plan/${encodeURIComponent(id)}`}>
                      <Instant at={requestedAt} seconds />
                    </Anchor>
                  ),
                },
                { heading: 'By', cell: ({ requestedBy }) => requestedBy },
                { heading: 'State', cell: ({ status }) => STATUS_WORDS[status].label },
                {
                  heading: 'Would change',
                  cell: ({ counts }) => <Group gap={4}>{countsInWords(counts).join(', ') || 'nothing'}</Group>,
                },
              ]}
            />
          </Stack>
        )
      }
    </Loaded>
  );
}
