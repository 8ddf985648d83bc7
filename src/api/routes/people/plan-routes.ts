import { z } from 'zod';
import { given } from '../../../kernel/given.js';
import { runView } from '../../../reconciliation/history/run-view.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { runItem } from '../history/history-schemas.js';
import { runOf } from '../history/run-of.js';
import { run } from '../run-routes.js';

const PLANS_SHOWN = 10;
const tag = 'Plans';
const path = '/enterprises/{enterpriseId}/plans';
const refused = z.object({ code: z.string(), message: z.string() }).nullable();
const text = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .meta({ description: 'Name, address or object id of a person.' });

export const plan = z
  .object({ run, refused: refused.meta({ description: 'Why it cannot be applied now; null where it can.' }) })
  .meta({ id: 'Plan' });

export const planStart = z
  .object({
    isFirst: z.boolean().meta({ description: 'Nothing has been synced yet: one team can be begun with.' }),
    startWithTeam: z.string().nullable(),
    teams: z.array(z.object({ id: z.string(), name: z.string(), organisation: z.string() })),
    refused: refused.meta({ description: 'Why no plan can be made now; null where one can.' }),
  })
  .meta({ id: 'PlanStart' });

/** Plans: looked at, then applied exactly (`POST .../runs` with `planId`). */
export const planRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: listOf(run) },
    summary: 'The latest plans, newest first.',
    run: async ({ services, params }) => {
      const rows = await services.plans.list(params.enterpriseId, PLANS_SHOWN);
      return { items: rows.map((row) => runView(row)), next: null };
    },
  }),
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/plan-start',
    ...{ tag, need: 'read', answer: planStart },
    summary: 'What there is to know before a plan is made.',
    run: ({ services, params }) => services.plans.start(params.enterpriseId),
  }),
  route({
    method: 'get',
    path: `${path}/{plan}`,
    ...{ tag, need: 'read', answer: plan },
    summary: 'A plan, and whether it can be applied exactly.',
    run: async ({ services, params }) => {
      const found = await services.plans.show(params.enterpriseId, params.plan);
      return { run: runView(found.run), refused: found.refused };
    },
  }),
  route({
    method: 'get',
    path: `${path}/{plan}/items`,
    ...{ tag, need: 'read', answer: listOf(runItem) },
    summary: 'What a plan would do to whom, and what stands in the way, person by person.',
    query: z.strictObject({ kind: runItem.shape.kind.optional(), text, ...paging }),
    run: async ({ services, params, query: { text: who, limit = LIST_LIMIT, ...rest } }) => {
      const { run: found } = await services.plans.show(params.enterpriseId, params.plan);
      return services.runItems.page(found, { ...given(rest), ...(await peopleOf(services, found, who)), limit });
    },
  }),
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/runs/{run}/left-out',
    ...{ tag, need: 'read', answer: listOf(runItem) },
    summary: 'Of a run that applied a plan exactly: what has come up since the plan, and what was not applied.',
    query: z.strictObject({ ...paging }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, ...rest } }) =>
      services.runItems.page(await runOf(services, params), { ...given(rest), differs: true, limit }),
  }),
];

async function peopleOf(
  services: ApiServices,
  { _id: planId, enterpriseId }: { _id: string; enterpriseId: string },
  who: string | undefined,
) {
  return who === undefined ? {} : { person: await services.peopleNamed({ enterpriseId, planId }, who) };
}
