import { Alert, Badge, Button, Card, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { usePreview } from '../../api/use-preview.js';
import { Instant } from '../../frame/instant.js';
import { type Column, RowsTable } from '../../frame/lists/list-table.js';
import { useFilter } from '../../frame/lists/use-filter.js';
import { ProblemAlert } from '../../frame/problem-alert.js';
import { PersonPicker } from '../person-picker.js';
import { REASONS, SCOPES } from './reason-words.js';
import type { CalendarPreview, CalendarValues, PreviewedEvent } from './types.js';

interface RuleTesterProps {
  readonly path: string;
  readonly values: CalendarValues;
  readonly saved: CalendarValues;
  readonly horizonDays: number;
}

/** The calendar is read anew for each try: not with every letter that somebody types. */
const AFTER_MS = 500;

/** What a person's calendar would become by the rule in the form, saved or not. */
export function RuleTester({ path, values, saved, horizonDays }: RuleTesterProps) {
  const [{ person }, setFilter] = useFilter(['person']);
  const isUnsaved = JSON.stringify(values) !== JSON.stringify(saved);
  const { rule, exceptions } = values;
  const wanted = person === null ? null : JSON.stringify({ person, rule, exceptions: changed(exceptions, saved) });
  const [asked] = useDebouncedValue(wanted, AFTER_MS);
  const preview = usePreview<CalendarPreview>(`${path}/preview`, asked === null ? null : JSON.parse(asked), [
    'changes',
  ]);
  return (
    <Card withBorder component="section" aria-label="Try the rule">
      <Stack>
        <Title order={2} size="h4">
          Try the rule
        </Title>
        <PersonPicker
          label="Person"
          description="Reads this person's calendar now, and changes nothing."
          here
          value={person}
          onChange={(next) => setFilter({ person: next })}
        />
        {person !== null && (
          <>
            <ProblemAlert error={preview.error} title="The rule could not be tried" />
            {isUnsaved && <Text size="sm">By the rule as it stands in the form, which is not saved yet:</Text>}
            {preview.data && !preview.error && <Previewed of={preview.data} horizonDays={horizonDays} />}
          </>
        )}
      </Stack>
    </Card>
  );
}

/** The service knows the others. */
function changed(exceptions: CalendarValues['exceptions'], saved: CalendarValues) {
  return Object.fromEntries(
    Object.entries(exceptions).filter(([id, rule]) => JSON.stringify(rule) !== JSON.stringify(saved.exceptions[id])),
  );
}

const FIRST_SHOWN = 25;

function Previewed({ of, horizonDays }: { readonly of: CalendarPreview; readonly horizonDays: number }) {
  const { scope, problem, events, problems } = of;
  const [isAll, setAll] = useState(false);
  const why = problem ?? SCOPES[scope];
  if (why !== null) {
    return (
      <Alert color="yellow" title="This calendar is not read">
        <Text size="sm">{why}</Text>
      </Alert>
    );
  }
  const count = events.filter(({ activity }) => activity).length;
  const shown = isAll ? events : events.slice(0, FIRST_SHOWN);
  return (
    <>
      <Text fw={600} role="status">
        Next {horizonDays} days: {events.length === 1 ? '1 event' : `${events.length} events`}, {count} would become{' '}
        {count === 1 ? 'an activity' : 'activities'}.
      </Text>
      {events.length > 0 && (
        <RowsTable caption="Events" columns={COLUMNS} keyOf={({ id }) => id} rows={shown} minWidth={640} />
      )}
      {shown.length < events.length && (
        <Button variant="default" onClick={() => setAll(true)}>
          Show all {events.length} events
        </Button>
      )}
      {problems.map(({ code, message, remedy }) => (
        <Text key={`${code} ${message}`} size="sm" className="value">
          <strong>{message}</strong> {remedy}
        </Text>
      ))}
    </>
  );
}

const COLUMNS: readonly Column<PreviewedEvent>[] = [
  { heading: 'Event', cell: ({ name }) => <span className="value">{name}</span> },
  { heading: 'From', cell: ({ start }) => <Instant at={start} /> },
  { heading: 'To', cell: ({ finish }) => <Instant at={finish} /> },
  {
    heading: 'Becomes an activity',
    cell: ({ activity, reasons }) => (
      <Stack gap={2} align="flex-start">
        <Badge variant="light" color={activity ? 'teal' : 'gray'} tt="none">
          {activity ? 'Yes' : 'No'}
        </Badge>
        {reasons.length > 0 && <Text size="sm">{reasons.map((reason) => REASONS[reason]).join(' ')}</Text>}
      </Stack>
    ),
  },
];
