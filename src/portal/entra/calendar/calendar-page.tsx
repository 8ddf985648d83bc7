import { Alert, Card, Stack, Text } from '@mantine/core';
import { useApi } from '../../api/use-api.js';
import { Loaded, Page } from '../../frame/page.js';
import { useEnterprise } from '../../session/use-session.js';
import { SaveSettings } from '../save-settings.js';
import { useDraft } from '../use-draft.js';
import { CalendarList } from './calendar-list.js';
import { CalendarSwitch } from './calendar-switch.js';
import { Exceptions } from './exceptions.js';
import { OrganisationTypes } from './organisation-types.js';
import { RuleFields } from './rule-fields.js';
import { RuleTester } from './rule-tester.js';
import type { CalendarActivities, CalendarValues } from './types.js';

/** Calendar Activities (E43 to E60): which events of Office 365 calendars become scheduled activities. */
export function CalendarPage() {
  const { base } = useEnterprise();
  const activities = useApi<CalendarActivities>(`${base}/integration/calendar-activities`, {
    live: ['runs', 'changes'],
  });
  return (
    <Page
      title="Calendar Activities"
      about="Events of Office 365 calendars become scheduled activities. Nobody's activity is started by it."
    >
      <Loaded of={activities}>{(data) => <CalendarForms activities={data} />}</Loaded>
    </Page>
  );
}

function CalendarForms({ activities }: { readonly activities: CalendarActivities }) {
  const { base } = useEnterprise();
  const { calendarSync, calendarStaleHours, rule, organisations, revision, horizonDays } = activities;
  const exceptions = Object.fromEntries(organisations.map((each) => [each.id, each.rule]));
  const saved: CalendarValues = { calendarSync, calendarStaleHours, rule, exceptions };
  const path = `${base}/integration/calendar-activities`;
  const draft = useDraft({ saved, revision, path, bodyOf });
  const { value, set, errorOf, mayChange } = draft;
  return (
    <Stack gap="lg">
      <Card withBorder>
        <Stack gap="lg">
          <CalendarSwitch {...{ draft, horizonDays }} />
          <RuleFields
            legend="Which events become activities"
            rule={value.rule}
            onChange={(next) => set('rule', next)}
            errorOf={(part) => errorOf(`rule.${part}`)}
            disabled={!mayChange}
          />
          <Exceptions {...{ draft, organisations }} />
          <SaveSettings draft={draft} />
        </Stack>
      </Card>
      <RuleTester values={value} saved={saved} path={path} horizonDays={horizonDays} />
      <OrganisationTypes organisations={organisations} path={path} />
      <CalendarList staleHours={calendarStaleHours} />
      {organisations.length === 0 && (
        <Alert color="yellow" title="There is no organisation yet">
          <Text size="sm">Activities belong to organisations: make one first.</Text>
        </Alert>
      )}
    </Stack>
  );
}

/** Of the exceptions only those that have changed. */
export function bodyOf({ exceptions, ...rest }: Partial<CalendarValues>, saved: CalendarValues): object {
  if (exceptions === undefined) return rest;
  const differs = ([id, rule]: [string, unknown]) => JSON.stringify(rule) !== JSON.stringify(saved.exceptions[id]);
  return { ...rest, exceptions: Object.fromEntries(Object.entries(exceptions).filter(differs)) };
}
