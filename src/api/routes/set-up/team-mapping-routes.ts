import { z } from 'zod';
import type { MappingView } from '../../../reconciliation/mapping-views.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { flag, LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';

const tag = 'Team Mappings';
const path = '/enterprises/{enterpriseId}/integration/team-mappings';

/** One Entra group that feeds one team, and how it fares (S41). */
export const teamMapping = z
  .object({
    id: z.string(),
    priority: z
      .number()
      .int()
      .meta({ description: 'Lower goes first where mappings disagree about the organisation.' }),
    groupId: z.string(),
    groupName: z.string().nullable(),
    memberCount: z.number().int().nullable().meta({ description: 'People in the group when a run last read it.' }),
    teamId: z.string(),
    teamName: z.string().nullable(),
    organisationId: z.string().nullable(),
    organisationName: z.string().nullable(),
    status: z.enum(['ok', 'not_read', 'group_missing', 'group_hidden', 'group_unreadable', 'team_missing']),
    reason: z.string().nullable(),
    remedy: z.string().nullable(),
    inEffect: z.boolean().meta({ description: 'False until the next sync begins.' }),
  })
  .meta({ id: 'TeamMapping' });

const list = listOf(teamMapping).extend({
  total: z.number().int().meta({ description: 'Of all mappings, whatever is looked for.' }),
  broken: z.number().int(),
});

const effect = z.object({
  lose: z.number().int().meta({ description: 'People who would lose the team with the next sync.' }),
  keep: z.number().int().meta({ description: 'People whom another mapping or somebody in GetHomeSafe keeps in it.' }),
  loseTheirLast: z.number().int().meta({ description: 'Of those who lose it: in no other team.' }),
  isLast: z.boolean().meta({ description: 'It is the only mapping: without one no sync starts.' }),
});

/** Team Mappings (S27 to S30, S40, S41). They apply with the next sync. */
export const teamMappingRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: list },
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
    body: z.strictObject({
      groupId: z.string().meta({ description: 'Object ID of the Entra group.' }),
      groupName: z.string().max(500).nullish(),
      teamId: z.string(),
      priority: z.number().optional().meta({ description: 'After all others where it is left out.' }),
    }),
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
    ...{ tag, need: 'read', answer: effect },
    summary: 'How many people would lose the team with the next sync if the mapping were removed.',
    run: ({ services, params }) => services.mappingViews.effect(params.enterpriseId, params.mapping),
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
