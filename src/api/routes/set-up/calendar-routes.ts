import { z } from 'zod';
import { hoursBefore } from '../../../kernel/clock.js';
import { given } from '../../../kernel/given.js';
import { DEFAULT_CALENDAR_RULE } from '../../../projection/calendar/default-calendar-rule.js';
import { HORIZON_DAYS } from '../../../projection/calendar/horizon.js';
import type { CalendarRule } from '../../../projection/calendar/types.js';
import { chosenFor } from '../../../tenancy/calendar-activities.js';
import type { SettingsPatch } from '../../../tenancy/settings/integration-settings.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { flag, LIST_LIMIT, paging } from '../../frame/schemas.js';
import { asField, changeSettings } from '../../frame/settings-change.js';
import {
  calendarActivities,
  calendarList,
  calendarPatch,
  calendarPreview,
  organisationActivities,
  previewGiven,
} from './calendar-schemas.js';

const tag = 'Calendar Activities';
const path = '/enterprises/{enterpriseId}/integration/calendar-activities';

const calendarsWanted = z.object({
  show: z.enum(['people', 'none']).default('people').meta({ description: '`none`: whoever has no calendar.' }),
  stale: flag.optional().meta({ description: 'Only those not verified for longer than the settings allow.' }),
  ...paging,
});

/** Calendar Activities (E43 to E60): which events become activities, and how the calendars fare. */
export const calendarRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: calendarActivities },
    summary: 'How calendars become activities: the rule, exceptions, and what each organisation makes of them.',
    etag: ({ revision }) => String(revision),
    run: ({ services, params }) => activitiesOf(services, params.enterpriseId),
  }),
  route({
    method: 'patch',
    ...{ path, tag, need: 'change', body: calendarPatch, answer: calendarActivities },
    summary: 'Changes how calendars become activities; it applies with the next sync.',
    etag: ({ revision }) => String(revision),
    errors: { 412: 'Somebody else changed the settings since the version of If-Match.' },
    run: async ({ services, principal, params, body, ifMatch }) => {
      const { rule: calendarRule, exceptions: calendarRules, ...rest } = body;
      const patch = given({ ...rest, calendarRule, calendarRules }) as SettingsPatch;
      await changeSettings(services, { ...params, principal, ifMatch }, patch).catch(asField(namesOf(body)));
      return activitiesOf(services, params.enterpriseId);
    },
  }),
  route({
    method: 'patch',
    path: `${path}/organisations/{organisation}`,
    ...{ tag, need: 'change', body: organisationActivities.partial().strict(), answer: calendarActivities },
    summary: 'Chooses the default activity type and approval of an organisation; what is made from then on has it.',
    run: async ({ services, principal, params: { enterpriseId, organisation: organisationId }, body }) => {
      const wanted = { enterpriseId, organisationId, patch: given(body), by: principal.who };
      await services.structure.setCalendarActivities(wanted);
      return activitiesOf(services, enterpriseId);
    },
  }),
  route({
    method: 'post',
    path: `${path}/preview`,
    ...{ tag, need: 'read', body: previewGiven, answer: calendarPreview },
    summary: "What a person's calendar would become by the saved rule, or by another. Reads it, and changes nothing.",
    errors: { 503: 'Microsoft Graph did not answer; try again.' },
    run: async ({ services, params, body, signal }) => {
      const { person, rule: calendarRule, exceptions: calendarRules } = body;
      const trying = given({ calendarRule, calendarRules }) as SettingsPatch;
      const wanted = { ...params, person, trying, signal };
      const found = await services.previewCalendar(wanted).catch(asField(namesOf(body)));
      const events = found.events.map((event) => ({ ...event, reasons: [...event.reasons] }));
      return { ...found, events, problems: [...found.problems] };
    },
  }),
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/integration/calendars',
    ...{ tag, need: 'read', answer: calendarList },
    summary: 'The calendars and how they fare, those that could not be verified for the longest time first.',
    query: calendarsWanted,
    run: async ({ services, params, query }) => calendarsOf(services, { ...params, ...query }),
  }),
];

/** The settings know a rule by other names than the callers of these routes. */
function namesOf(body: { readonly exceptions?: object | undefined }): Record<string, string> {
  const rule = (from: string, to: string) => RULE_PARTS.map((part) => [`${from}${part}`, `${to}${part}`]);
  const exceptions = Object.keys(body.exceptions ?? {});
  return Object.fromEntries([
    ...rule('calendarRule', 'rule'),
    ...exceptions.flatMap((id) => rule(`calendarRules.${id}`, `exceptions.${id}`)),
    ['organisation', 'exceptions'],
  ]);
}

const RULE_PARTS = ['', ...Object.keys(DEFAULT_CALENDAR_RULE).map((part) => `.${part}`)];

async function activitiesOf({ integrations, structure }: ApiServices, enterpriseId: string) {
  const { settings } = await integrations.getIntegration(enterpriseId);
  const { waitsForSync, revision, calendarSync, calendarStaleHours } = await integrations.status(enterpriseId);
  const organisations = await structure.listOrganisations(enterpriseId);
  const rules = settings.calendarRules ?? {};
  return {
    ...{ calendarSync, calendarStaleHours, waitsForSync, revision },
    rule: wire(settings.calendarRule ?? DEFAULT_CALENDAR_RULE),
    organisations: organisations.map((organisation) => {
      const { _id: id, name } = organisation;
      const own = rules[id];
      return { id, name, ...chosenFor(organisation), rule: own ? wire(own) : null };
    }),
    horizonDays: HORIZON_DAYS[settings.frequency],
  };
}

function wire({ values, showAs, ...rule }: CalendarRule) {
  return { ...rule, values: [...values], showAs: [...showAs] };
}

async function calendarsOf(
  { integrations, calendarPage, labels, clock }: ApiServices,
  wanted: { readonly enterpriseId: string } & z.output<typeof calendarsWanted>,
): Promise<z.input<typeof calendarList>> {
  const { enterpriseId, show, stale = false, limit = LIST_LIMIT, after } = wanted;
  const { tenantId, calendarStaleHours } = await integrations.status(enterpriseId);
  if (tenantId === null) return { items: [], next: null };
  const before = hoursBefore(clock.now(), calendarStaleHours);
  const verifiedBefore = stale ? before : undefined;
  const { items, next } = await calendarPage({ tenantId, show, verifiedBefore, limit, after });
  const people = items.map((each) => ({ ...each, person: each.objectId, problems: [...each.problems] }));
  const labelled = await labels.add({ enterpriseId, tenantId }, people);
  const isStale = (verifiedAt: Date | null) => show === 'people' && (verifiedAt === null || verifiedAt < before);
  return { items: labelled.map((each) => ({ ...each, stale: isStale(each.verifiedAt) })), next };
}
