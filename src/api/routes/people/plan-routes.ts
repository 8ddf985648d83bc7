import { z } from 'zod';
import { AppError } from '../../../kernel/app-error.js';
import { runView } from '../../../reconciliation/history/run-view.js';
import { route } from '../../frame/route.js';
import { anyValue, flag, instant, LIST_LIMIT, listOf, paging } from '../../frame/schemas.js';
import { countsOf, run } from '../run-routes.js';

const PLANS_SHOWN = 10;
const tag = 'Plans';
const path = '/enterprises/{enterpriseId}/plans';
const kind = z.enum([
  ...['create', 'update', 'archive', 'restore', 'join', 'leave', 'problem', 'link', 'remove'],
  ...['activity_create', 'activity_update', 'activity_cancel'],
] as [ItemKind, ...ItemKind[]]);
type ItemKind =
  | ('create' | 'update' | 'archive' | 'restore' | 'join' | 'leave' | 'problem' | 'link' | 'remove')
  | ('activity_create' | 'activity_update' | 'activity_cancel');
const refused = z.object({ code: z.string(), message: z.string() }).nullable();

/** One line of a run or plan. */
export const runItem = z
  .object({
    person: z.string(),
    label: z.string().nullable(),
    kind,
    field: z.string().optional(),
    team: z.string().optional(),
    activity: z.string().optional(),
    before: anyValue,
    after: anyValue,
    why: z.string(),
    result: z.enum(['ok', 'warning', 'error']),
    code: z.string().optional(),
    message: z.string().optional(),
    remedy: z.string().optional(),
    isOpen: z.boolean().optional(),
    at: instant.nullable(),
  })
  .meta({ id: 'RunItem' });

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

/** Plans, and the items of plans and runs. */
export const planRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: listOf(run) },
    summary: 'The latest plans, newest first.',
    run: async ({ services, params }) => {
      const rows = await services.plans.list(params.enterpriseId, PLANS_SHOWN);
      return { items: rows.map((row) => countsOf(runView(row))), next: null };
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
      return { run: countsOf(runView(found.run)), refused: found.refused };
    },
  }),
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/runs/{run}/items',
    ...{ tag: 'Runs', need: 'read', answer: listOf(runItem) },
    summary: 'What a run did and met, or what a plan would do, item by item.',
    query: z.strictObject({
      kind: kind.optional(),
      code: z.string().optional(),
      text: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Name, address or object id of a person.' }),
      differs: flag.optional().meta({ description: 'Only what differs from the plan that was applied.' }),
      ...paging,
    }),
    run: async ({ services, params: { enterpriseId, run: id }, query }) => {
      const { text, limit = LIST_LIMIT, kind: only, code, differs, after } = query;
      const row = await services.runs.get(id);
      if (row?.enterpriseId !== enterpriseId) {
        throw new AppError('run_not_found', 'There is no such run in this enterprise.', { status: 404 });
      }
      const planId = row.dry ? id : row.planId;
      return services.runItems.page(row, {
        limit,
        ...(after === undefined ? {} : { after }),
        ...(only === undefined ? {} : { kind: only }),
        ...(code === undefined ? {} : { code }),
        ...(differs === undefined ? {} : { differs }),
        ...(text === undefined ? {} : { person: await services.peopleNamed({ enterpriseId, planId }, text) }),
      });
    },
  }),
];
