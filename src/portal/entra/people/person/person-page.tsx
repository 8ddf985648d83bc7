import { Alert, Group, Text } from '@mantine/core';
import { useParams } from 'react-router';
import { useApi } from '../../../api/use-api.js';
import { ReadOnlyNote } from '../../../frame/acts/read-only-note.js';
import { Loaded, Page } from '../../../frame/page.js';
import { Section } from '../../../frame/section.js';
import { useEnterprise } from '../../../session/use-session.js';
import { Named } from '../../named.js';
import { ProblemRemedy } from '../../problems/problem-remedy.js';
import { nameOf, PersonStatus, SourceBadge } from '../status.js';
import type { Person, PersonWhy } from '../types.js';
import { PersonActivities } from './person-activities.js';
import { PersonActs } from './person-acts.js';
import { PersonDecisions } from './person-decisions.js';
import { PersonFields } from './person-fields.js';
import { PersonLedger } from './person-ledger.js';
import { PersonScope } from './person-scope.js';
import { PersonTeams } from './person-teams.js';

const POLL_MS = 1_500;
const LIVE = { live: ['changes', 'problems'] } as const;

/** Everything about one person, and why: from what Entra says to what was written. */
export function PersonPage() {
  const { base } = useEnterprise();
  const { person = '' } = useParams();
  const at = `${base}/people/${encodeURIComponent(person)}`;
  // Somebody who is about to be read is followed until that is done.
  const everyMs = (data: PersonWhy | undefined) => (data?.change && !data.change.parked ? POLL_MS : false);
  const why = useApi<PersonWhy>(`${at}/why`, { ...LIVE, everyMs });
  return <Loaded of={why}>{(data) => <Explained why={data} at={at} />}</Loaded>;
}

function Explained({ why, at }: { readonly why: PersonWhy; readonly at: string }) {
  const person = useApi<Person>(at, { ...LIVE, enabled: why.record !== null });
  const record = why.record === null ? null : (person.data ?? null);
  const values = Object.fromEntries(why.fields.map(({ target, value }) => [target, value])) as Values;
  const name = why.record ? nameOf({ ...values, id: why.record.id }) : nameInEntra(why);
  return (
    <Page
      title={name}
      about={values.email ?? why.reading?.attributes?.userPrincipalName ?? ''}
      actions={<PersonActs {...{ why, record, at, name }} />}
    >
      <Group gap="xs">
        {why.record ? (
          <PersonStatus status={why.record.status} reason={why.record.archivedReason} />
        ) : (
          <Text size="sm">No profile in GetHomeSafe.</Text>
        )}
        <SourceBadge objectId={why.objectId} />
      </Group>
      <ReadOnlyNote />
      {why.problems.map((problem) => (
        <Alert
          key={problem.id}
          color={problem.severity === 'error' ? 'red' : 'yellow'}
          title={<Named text={problem.message} />}
        >
          <ProblemRemedy problem={problem} />
        </Alert>
      ))}
      <Section id="fields" title="Fields">
        <PersonFields fields={why.fields} isLinked={why.objectId !== null} />
      </Section>
      <Section id="teams" title="Teams">
        <PersonTeams why={why} record={record} />
      </Section>
      <Section id="why" title="Why">
        <PersonScope why={why} />
      </Section>
      <PersonDecisions decisions={why.decisions} />
      {record && <PersonActivities at={at} />}
      <Section id="writes" title="What was written">
        <PersonLedger ledger={why.ledger} />
      </Section>
    </Page>
  );
}

type Values = Pick<Person, 'firstName' | 'lastName' | 'email'>;

function nameInEntra({ reading, objectId }: PersonWhy): string {
  return reading?.attributes?.values['displayName'] ?? reading?.attributes?.userPrincipalName ?? objectId ?? 'Person';
}
