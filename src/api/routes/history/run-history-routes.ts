import { z } from 'zod';
import { given } from '../../../kernel/given.js';
import { runPersonOf } from '../../../reconciliation/history/ledger-person.js';
import { ITEMS_ABOUT } from '../../../reconciliation/history/run-item.js';
import { runView } from '../../../reconciliation/history/run-view.js';
import type { RunRow } from '../../../reconciliation/types.js';
import type { UndoResult } from '../../../records/undo/undo.js';
import type { ApiServices } from '../../api-services.js';
import { route } from '../../frame/route.js';
import { LIST_LIMIT, listOf, paging, reason } from '../../frame/schemas.js';
import { run } from '../run-routes.js';
import { runItem, undone } from './history-schemas.js';
import { runOf } from './run-of.js';

const tag = 'Runs';
const path = '/enterprises/{enterpriseId}/runs';

/** So many of what an undo left alone are told; the ledger and the run have them all. */
const SKIPPED_TOLD = 200;

/** What runs did, and taking it back. */
export const runHistoryRoutes = [
  route({
    method: 'get',
    ...{ path, tag, need: 'read', answer: listOf(run) },
    summary: 'Runs and plans, the latest asked for first.',
    query: z.strictObject({
      ...paging,
      status: run.shape.status.optional(),
      trigger: run.shape.trigger.optional(),
    }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, ...rest } }) => {
      const { rows, next } = await services.runs.list(params.enterpriseId, { ...given(rest), limit });
      return { items: rows.map(runView), next };
    },
  }),
  route({
    method: 'get',
    path: `${path}/{run}/items`,
    ...{ tag, need: 'read', answer: listOf(runItem) },
    summary: 'What a run did to whom, and what stood in the way; of a plan, what would change.',
    query: z.strictObject({
      ...paging,
      about: z.enum(ITEMS_ABOUT).optional(),
      severity: z.enum(['error', 'warning']).optional().meta({ description: 'Only problems that are so bad.' }),
      code: z.string().min(1).max(100).optional().meta({ description: 'Only problems of this code.' }),
      person: z.string().trim().min(1).max(300).optional().meta({ description: 'Id, object id or e-mail address.' }),
    }),
    run: async ({ services, params, query: { limit = LIST_LIMIT, person, ...rest } }) => {
      const { enterpriseId } = params;
      const found = await runOf(services, params);
      const who = person === undefined ? {} : { person: await runPersonOf(services.people, { enterpriseId, person }) };
      const { items, next } = await services.runItems.page(found, { ...given(rest), ...who, limit });
      return { items: [...items], next };
    },
  }),
  route({
    method: 'post',
    path: `${path}/{run}/undo`,
    ...{ tag, need: 'change', answer: undone, body: z.strictObject({ reason }) },
    summary:
      'Undoes everything that a run wrote and nobody changed since; what Entra says is declined until it changes.',
    run: async ({ services, principal, params, body }) => {
      const found = await runOf(services, params);
      const by = { who: principal.who, reason: body.reason ?? null };
      return undoneView(services, found, await services.undo.run(params.enterpriseId, found._id, by));
    },
  }),
];

/** What was undone, with the names of those of whom something was left. */
export async function undoneView(
  { labels }: Pick<ApiServices, 'labels'>,
  run: Pick<RunRow, 'enterpriseId' | 'tenantId'>,
  result: UndoResult,
) {
  const told = result.skipped.slice(0, SKIPPED_TOLD);
  const named = await labels.add(
    run,
    told.map((item) => ({ ...item, person: item.person ?? '' })),
  );
  const skipped = named.map((item, index) => ({ ...item, person: told[index]?.person ?? null }));
  return { undone: result.undone, people: result.people, left: result.skipped.length, skipped };
}
