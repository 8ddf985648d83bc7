import { z } from 'zod';
import type { PersonListItem } from '../../../records/people/find-people.js';
import { route } from '../../frame/route.js';
import { flag, LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { entraGroups, mappedGroup, named, personChoice } from './directory-schemas.js';

const base = '/enterprises/{enterpriseId}';

/** Choices of a picker: whoever looks for more types more. */
const CHOICES = 20;

/** What there is to choose from: Entra groups, people, organisations and their teams. */
export const directoryRoutes = [
  route({
    method: 'get',
    path: `${base}/integration/entra-groups`,
    ...{ tag: 'Team Mappings', need: 'change', answer: entraGroups },
    summary:
      'Groups of the tenant with such words in their names, or the one of an Object ID; asked of Microsoft Graph.',
    query: z.object({ text: z.string().trim().max(256).default(''), ...paging }),
    errors: { 409: 'The enterprise is not connected.', 503: 'Microsoft Graph did not answer; try again.' },
    run: ({ services, params, query: { limit = CHOICES, ...wanted }, signal }) =>
      services.directory.groups({ ...params, ...wanted, limit, signal }),
  }),
  route({
    method: 'get',
    path: `${base}/integration/mapped-groups`,
    ...{ tag: 'Team Mappings', need: 'read', answer: z.object({ items: z.array(mappedGroup) }) },
    summary: 'The names of all mapped groups, for sentences that name them by their Object IDs.',
    run: async ({ services, params }) => {
      const mappings = await services.mappingViews.list(params.enterpriseId);
      const names = new Map(mappings.map(({ groupId, groupName }) => [groupId, groupName]));
      return { items: [...names].map(([id, name]) => ({ id, name })) };
    },
  }),
  route({
    method: 'get',
    path: `${base}/integration/sample-people`,
    ...{ tag: 'Field Mappings', need: 'read', answer: z.object({ items: z.array(personChoice) }) },
    summary: 'People to try settings with: those linked to somebody of the tenant, then others of the tenant.',
    query: z.object({
      text: z.string().trim().max(256).default(''),
      here: flag.default(false).meta({ description: 'Only those with a profile in GetHomeSafe.' }),
    }),
    errors: { 409: 'The enterprise is not connected.', 503: 'Microsoft Graph did not answer; try again.' },
    run: async ({ services, params, query: { text, here }, signal }) => {
      const { tenantId } = await services.integrations.getIntegration(params.enterpriseId);
      const linked = { linkedTo: tenantId ?? '', text, limit: CHOICES };
      const { items: known } = await services.people.list(params.enterpriseId, linked);
      const others =
        here || known.length >= CHOICES
          ? []
          : await services.directory.people({ ...params, text, limit: CHOICES, signal });
      const ids = new Set(known.map(({ objectId }) => objectId));
      const strangers = others.filter(({ objectId }) => !ids.has(objectId));
      const items = strangers.map(({ objectId, ...rest }) => ({ person: objectId, ...rest, isHere: false }));
      return { items: [...known.map(asChoice), ...items].slice(0, CHOICES) };
    },
  }),
  route({
    method: 'get',
    path: `${base}/organisations`,
    ...{ tag: 'Enterprise', need: 'read', answer: z.object({ items: z.array(named) }) },
    summary: 'The organisations of an enterprise, by name.',
    run: async ({ services, params }) => {
      const rows = await services.structure.listOrganisations(params.enterpriseId);
      return { items: rows.map(({ _id: id, name }) => ({ id, name })) };
    },
  }),
  route({
    method: 'get',
    path: `${base}/organisations/{organisation}/teams`,
    ...{ tag: 'Enterprise', need: 'read', answer: listOf(named) },
    summary: 'The teams of an organisation, by name.',
    query: z.object({ text: z.string().max(200).optional(), ...paging }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, ...wanted } }) => {
      const { enterpriseId, organisation: organisationId } = params;
      const { items, next } = await services.findTeams({ enterpriseId, organisationId, limit, ...wanted });
      return { items: items.map(({ _id: id, name }) => ({ id, name })), next };
    },
  }),
];

function asChoice({ id, firstName, lastName, email }: PersonListItem) {
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return { person: id, name: name === '' ? null : name, email, isHere: true };
}
