import { Alert, Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useParams, useSearchParams } from 'react-router';
import type { Run } from '../../api/types.js';
import { useApi } from '../../api/use-api.js';
import { ActButton } from '../../frame/acts/act-button.js';
import { ReadOnlyNote } from '../../frame/acts/read-only-note.js';
import { Instant } from '../../frame/instant.js';
import { Loaded, Page } from '../../frame/page.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { useEnterprise } from '../../session/use-session.js';
import { countsInWords, isOpen, STATUS_WORDS } from '../history/words.js';
import { Way } from '../way.js';
import { AppliedRun } from './applied-run.js';
import { PlanItems } from './plan-items.js';
import { RunProgress } from './run-progress.js';
import type { Plan } from './types.js';

const POLL_MS = 1_000;

/** One plan: followed while it is made, looked at person by person, applied exactly, and what was left out then. */
export function PlanPage() {
  const { base } = useEnterprise();
  const { plan: id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const [applied, busyWith] = [search.get('applied'), search.get('busy')];
  const at = `${base}/plans/${encodeURIComponent(id)}`;
  const plan = useApi<Plan>(at, {
    live: ['runs', 'changes'],
    everyMs: (data) => (data && !isOpen(data.run) ? false : POLL_MS),
  });
  const follow = (answer: { run: Run }) => {
    const own = answer.run.planId === id;
    setSearch({ [own ? 'applied' : 'busy']: answer.run.id });
  };
  return (
    <Loaded of={plan}>
      {(data) => (
        <Page
          title="Plan"
          about="Nothing has been changed by it."
          actions={<ApplyButton plan={data} onDone={follow} />}
        >
          <ReadOnlyNote />
          <Text size="sm" c="dimmed">
            Made <Instant at={data.run.requestedAt} seconds /> by {data.run.requestedBy}
          </Text>
          {busyWith !== null && (
            <ProblemAlert
              title="The plan was not applied"
              error={new Error('Another sync was running. Wait until it has ended, then apply the plan again.')}
            />
          )}
          {applied !== null && <AppliedRun run={applied} />}
          {isOpen(data.run) ? <RunProgress run={data.run} /> : <Ended plan={data} at={at} />}
        </Page>
      )}
    </Loaded>
  );
}

function ApplyButton({ plan, onDone }: { readonly plan: Plan; readonly onDone: (answer: { run: Run }) => void }) {
  const { base } = useEnterprise();
  const { run, refused } = plan;
  if (isOpen(run) || refused !== null) return null;
  return (
    <ActButton<{ run: Run; alreadyRunning: boolean }>
      {...{
        label: 'Apply exactly this',
        path: `${base}/runs`,
        body: { planId: run.id },
        size: 'sm',
        variant: 'filled',
      }}
      ask={{ title: 'Apply exactly this plan?', text: <WhatIsApplied run={run} /> }}
      done={({ run: begun }) => (begun.planId === run.id ? 'The plan is being applied.' : 'Another sync is running.')}
      onDone={onDone}
    />
  );
}

function WhatIsApplied({ run }: { readonly run: Run }) {
  return (
    <Stack gap="xs">
      <Text size="sm">{countsInWords(run.counts).join(', ') || 'Nothing would change.'}</Text>
      <Text size="sm">
        Everybody is read once more. What has come up since is left for the next sync, what is not wanted any more is
        not done, and both are listed afterwards.
      </Text>
    </Stack>
  );
}

function Ended({ plan: { run, refused }, at }: { readonly plan: Plan; readonly at: string }) {
  const { label, color } = STATUS_WORDS[run.status];
  return (
    <>
      <Group gap="xs">
        <Badge color={color} variant="light" tt="none">
          {run.status === 'succeeded' ? 'Ready' : label}
        </Badge>
        <Text size="sm">{countsInWords(run.counts).join(', ') || 'Nothing would change.'}</Text>
      </Group>
      {run.message !== null && <Alert color="yellow">{run.message}</Alert>}
      {refused !== null && (
        <Alert color="gray" title="This plan cannot be applied">
          <Text size="sm">{refused.message}</Text>
          <Way to="plan">Make a new plan</Way>
        </Alert>
      )}
      <Title order={2} size="h4">
        Person by person
      </Title>
      <PlanItems at={`${at}/items`} counts={run.counts} />
    </>
  );
}
