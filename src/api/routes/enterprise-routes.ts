import { z } from 'zod';
import { route } from '../frame/route.js';
import { instant } from '../frame/schemas.js';

const organisation = z
  .object({
    id: z.string(),
    name: z.string(),
    zone: z.string(),
    country: z.string().nullable(),
    calendarActivities: z.object({ type: z.string().nullable(), needsApproval: z.boolean() }).nullable(),
    teams: z.array(z.object({ id: z.string(), name: z.string() })),
  })
  .meta({ id: 'Organisation' });

/** Enterprises with their organisations and teams. */
export const enterpriseRoutes = [
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}',
    ...{ tag: 'Enterprise', need: 'read' },
    summary: 'An enterprise with its organisations and their teams.',
    answer: z.object({ id: z.string(), name: z.string(), createdAt: instant, organisations: z.array(organisation) }),
    run: async ({ services: { structure }, params: { enterpriseId } }) => {
      const { name, createdAt } = await structure.getEnterprise(enterpriseId);
      const teams = await structure.listTeams({ enterpriseId });
      const organisations = (await structure.listOrganisations(enterpriseId)).map((row) => ({
        ...{ id: row._id, name: row.name, zone: row.zone, country: row.country },
        calendarActivities: row.calendarActivities ?? null,
        teams: teams
          .filter(({ organisationId }) => organisationId === row._id)
          .map(({ _id: id, name: team }) => ({ id, name: team })),
      }));
      return { id: enterpriseId, name, createdAt, organisations };
    },
  }),
];
