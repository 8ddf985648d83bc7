import { z } from 'zod';
import { AppError } from '../../../kernel/app-error.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging, reason } from '../../frame/schemas.js';
import { asField } from '../../frame/settings-change.js';
import { decision } from './people-schemas.js';

const tag = 'Decisions';
const path = '/enterprises/{enterpriseId}/decisions';
const text = z.string().nullable();

/** A decision with what it is about, as it is now. */
export const decisionInWords = decision
  .extend({
    label: text,
    userId: text,
    reason: text,
    about: z.enum(['create', 'archive', 'restore', 'field', 'team', 'activity', 'problem']),
    what: text.meta({ description: 'Field, kind of problem, or name of the team or activity.' }),
    before: text,
    after: text,
    why: text,
  })
  .meta({ id: 'DecisionInWords' });

export const heldSubject = z.object({ subject: z.string(), count: z.number().int(), team: text });

const wanted = z.strictObject({
  ids: z.array(z.string().min(1)).min(1).max(500).optional(),
  value: z.string().optional().meta({ description: 'Of one decision: only while it is about this value.' }),
  all: z.literal(true).optional(),
  subject: z.string().optional().meta({ description: 'With all: only those of this subject.' }),
  reason,
});

/** What the guard holds, and what was said of single values (law L11, L12). */
export const decisionRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read' },
    summary: 'Decisions of one verdict, newest first; what is held where none is given.',
    query: z.strictObject({
      verdict: z.enum(['held', 'approved', 'refused', 'declined', 'ignored', 'kept_apart']).optional(),
      subject: z.string().optional(),
      ...paging,
    }),
    answer: listOf(decisionInWords),
    run: ({ services, params, query: { verdict = 'held', subject, limit = LIST_LIMIT, after } }) =>
      services.decisionsInWords(params.enterpriseId, { verdict, subject, limit, after }),
  }),
  route({
    method: 'get',
    path: '/enterprises/{enterpriseId}/held-counts',
    ...{ tag, need: 'read', answer: z.object({ items: z.array(heldSubject) }) },
    summary: 'How many held changes wait for somebody, by what they are about.',
    run: async ({ services, params: { enterpriseId } }) => {
      const teams = await services.structure.listTeams({ enterpriseId });
      const names = new Map(teams.map(({ _id, name }) => [`team:${_id}`, name]));
      const items = await services.decisions.heldBySubject(enterpriseId);
      return { items: items.map((item) => ({ ...item, team: names.get(item.subject) ?? null })) };
    },
  }),
  ...(['approve', 'refuse', 'release'] as const).map((act) =>
    route({
      method: 'post',
      path: `${path}/${act}`,
      ...{ tag, need: 'change', body: wanted },
      answer: z.object({ decided: z.number().int() }),
      summary: {
        approve: 'Lets what the guard holds be taken, as long as Entra still says so.',
        refuse: 'Keeps GetHomeSafe as it is until the value in Entra changes.',
        release: 'Takes verdicts back: the sync follows Entra again.',
      }[act],
      run: async ({ services, principal, params, body: { reason: why, ...rest } }) => {
        const by = { who: principal.who, reason: why ?? null };
        const deciding = services.decisionActs[act](params.enterpriseId, wantedOf(rest), by);
        return { decided: await deciding.catch(asField({ decision: 'ids' })) };
      },
    }),
  ),
];

function wantedOf({ ids, value, all, subject }: Omit<z.output<typeof wanted>, 'reason'>) {
  const refuse = (message: string, field: string) => new AppError('invalid_input', message, { field });
  if (ids === undefined && all === undefined) throw refuse('Say which decisions, or all.', 'ids');
  if (ids !== undefined && all !== undefined) throw refuse('Give ids or all, not both.', 'all');
  if (value !== undefined && ids?.length !== 1) throw refuse('A value goes with one decision.', 'value');
  if (subject !== undefined && all === undefined) throw refuse('A subject goes with all.', 'subject');
  if (ids === undefined) return { all: true as const, ...(subject === undefined ? {} : { subject }) };
  return { ids, ...(value === undefined ? {} : { value }) };
}
