import { z } from 'zod';
import type { MappingView } from '../../../reconciliation/groups/mapping-views.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { flag, LIST_LIMIT, paging } from '../../frame/schemas.js';
import { mappingEffect, newMapping, teamMapping, teamMappingList } from './team-mapping-schemas.js';

const tag = 'Team Mappings';
const path = '/enterprises/{enterpriseId}/integration/team-mappings';

/** Team Mappings (S27 to S30, S40, S41). They apply with the next sync. */
export const teamMappingRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: teamMappingList },
    summary: 'The team mappings in the order in which they decide.',
    query: z.object({
      text: z.string().max(200).optional().meta({ description: 'Part of a name or id of the group or the team.' }),
      broken: flag.optional().meta({ description: 'Only those that neither place nor remove anybody.' }),
      ...paging,
    }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, ...wanted } }) => {
      const page = await services.mappingViews.page(params.enterpriseId, { ...wanted, limit });
      return { ...page, items: await shown(services, params.enterpriseId, page.items) };
    },
  }),
  route({
    method: 'post',
    ...{ path, tag, need: 'change', status: 201, answer: teamMapping },
    summary: 'Maps an Entra group to a team.',
    body: newMapping,
    run: async ({ services, principal, params: { enterpriseId }, body }) => {
      const { groupName, priority, ...ids } = body;
      const wanted = { ...ids, groupName: groupName?.trim() || null, ...(priority === undefined ? {} : { priority }) };
      const { id } = await services.teamMappings.mapTeam(enterpriseId, wanted, principal.who);
      return one(services, { enterpriseId, mapping: id });
    },
  }),
  route({
    method: 'get',
    path: `${path}/{mapping}/effect`,
    ...{ tag, need: 'read', answer: mappingEffect },
    summary: 'How many people would lose the team with the next sync if the mapping were removed.',
    run: ({ services, params }) => services.mappingViews.effect(params.enterpriseId, params.mapping),
  }),
  route({
    method: 'patch',
    path: `${path}/{mapping}`,
    ...{ tag, need: 'change', answer: teamMapping },
    summary: 'Gives a team mapping another place in the order.',
    body: newMapping.pick({ priority: true }).required(),
    run: async ({ services, principal, params: { enterpriseId, mapping }, body }) => {
      await services.teamMappings.setPriority(enterpriseId, { id: mapping, ...body }, principal.who);
      return one(services, { enterpriseId, mapping });
    },
  }),
  route({
    method: 'delete',
    path: `${path}/{mapping}`,
    ...{ tag, need: 'change', answer: teamMapping },
    summary: 'Removes a team mapping and answers what it was.',
    run: async ({ services, principal, params: { enterpriseId, mapping } }) => {
      const removed = await one(services, { enterpriseId, mapping });
      await services.teamMappings.unmapTeam(enterpriseId, { id: mapping }, principal.who);
      return removed;
    },
  }),
];

async function one(services: ApiServices, { enterpriseId, mapping }: { enterpriseId: string; mapping: string }) {
  const [view] = await shown(services, enterpriseId, [await services.mappingViews.get(enterpriseId, mapping)]);
  return view as z.input<typeof teamMapping>;
}

async function shown(
  { structure, integrations }: ApiServices,
  enterpriseId: string,
  views: readonly MappingView[],
): Promise<z.input<typeof teamMapping>[]> {
  const organisations = await structure.listOrganisations(enterpriseId);
  const names = new Map(organisations.map(({ _id, name }) => [_id, name]));
  const { inEffect } = await integrations.getIntegration(enterpriseId);
  const begun = new Set(inEffect?.settings.mappings.map(({ id }) => id));
  return views.map((view) => ({
    ...view,
    organisationName: view.organisationId === null ? null : (names.get(view.organisationId) ?? null),
    inEffect: begun.has(view.id),
  }));
}
