import { z } from 'zod';
import { AppError } from '../../../kernel/app-error.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging, reason } from '../../frame/schemas.js';
import { asField } from '../../frame/settings-change.js';
import { fieldOfPerson, NOTHING_IS_READ, person, problem } from './people-schemas.js';

const tag = 'Problems';
const path = '/enterprises/{enterpriseId}/problems';
const ids = z.array(z.string().min(1)).min(1).max(500);
const decided = z.object({ decided: z.number().int() });
const label = z.string().nullable().meta({ description: 'Name or address as it is now; null where nothing is known.' });

/** A clash of an address, with both sides as far as they are of this enterprise. */
export const clash = z
  .object({
    problem,
    address: z.string().nullable(),
    person: z.object({
      ...{ objectId: z.string(), label, userPrincipalName: z.string().nullable() },
      ...{ isEnabled: z.boolean().nullable(), recordId: z.string().nullable(), fields: z.array(fieldOfPerson) },
    }),
    holder: person.nullable(),
    isElsewhere: z.boolean(),
    rivals: z.array(z.object({ person: z.string(), label })),
    choices: z.array(z.enum(['correct', 'archive', 'link', 'keep_apart', 'support'])),
  })
  .meta({ id: 'Clash' });

export const problemItem = problem.extend({ label }).meta({ id: 'PersonProblemItem' });

export const problemCount = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  count: z.number().int(),
});

/** What keeps people from being in step, and what is said of it. */
export const problemRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read' },
    summary: 'Open problems, person by person.',
    query: z.strictObject({
      code: z.string().optional(),
      text: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Name, address or object id of a person.' }),
      ...paging,
    }),
    answer: listOf(problemItem),
    run: async ({ services, params: { enterpriseId }, query }) => {
      const { code, text, limit = LIST_LIMIT, after } = query;
      const people = text === undefined ? undefined : await services.peopleNamed({ enterpriseId }, text);
      const { items, next } = await services.problems.page(enterpriseId, { code, people, limit, after });
      const { tenantId } = await services.integrations.getIntegration(enterpriseId);
      return { items: await services.labels.add({ enterpriseId, tenantId: tenantId ?? '' }, items), next };
    },
  }),
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/problem-counts',
    ...{ tag, need: 'read', answer: z.object({ items: z.array(problemCount) }) },
    summary: 'How many problems of each kind are open.',
    run: async ({ services, params }) => ({ items: await services.problems.counts(params.enterpriseId) }),
  }),
  route({
    method: 'get',
    path: `${path}/{problem}/clash`,
    ...{ tag, need: 'read', answer: clash },
    summary: 'Of a duplicate e-mail address: the directory person beside the profile that has it.',
    run: ({ services, params }) => services.clash({ enterpriseId: params.enterpriseId, problemId: params.problem }),
  }),
  route({
    method: 'post',
    path: `${path}/retry`,
    ...{ tag, need: 'change', status: 202 },
    summary: 'Has the people with some problems, or with all of a kind, read from Entra and tried again.',
    errors: NOTHING_IS_READ,
    body: z.strictObject({ ids: ids.optional(), code: z.string().optional() }),
    answer: z.object({ noted: z.number().int().meta({ description: 'People who are read again.' }) }),
    run: async ({ services, principal, params, body }) => {
      if (body.ids !== undefined && body.code !== undefined) {
        throw new AppError('invalid_input', 'Give ids or code, not both.', { field: 'code' });
      }
      const filter = body.code === undefined ? {} : { code: body.code };
      const wanted = body.ids === undefined ? { filter } : { ids: body.ids };
      const by = { who: principal.who };
      return { noted: await services.readAgain.problems(params.enterpriseId, wanted, by) };
    },
  }),
  ...(['ignore', 'keepApart'] as const).map((act) =>
    route({
      method: 'post',
      path: `${path}/${act === 'ignore' ? 'ignore' : 'keep-apart'}` as const,
      ...{ tag, need: 'change', answer: decided },
      body: z.strictObject({ ids, reason }),
      summary:
        act === 'ignore'
          ? 'Shows problems no more until they are others.'
          : 'Two people have one address and are not one person: links nobody, and shows it no more.',
      run: async ({ services, principal, params, body }) => {
        const by = { who: principal.who, reason: body.reason ?? null };
        const deciding = services.problemActs[act](params.enterpriseId, body.ids, by);
        return { decided: await deciding.catch(asField({ problem: 'ids' })) };
      },
    }),
  ),
  route({
    method: 'post',
    path: `${path}/{problem}/link`,
    ...{ tag, need: 'change', answer: person },
    summary: 'The profile that has the address is this person: links it to the directory person and keeps it.',
    body: z.strictObject({ reason }),
    run: async ({ services, principal, params, body }) => {
      const by = { who: principal.who, reason: body.reason ?? null };
      return services.personViews.of(await services.problemActs.link(params.enterpriseId, params.problem, by));
    },
  }),
];
