import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { runView } from '../../reconciliation/history/run-view.js';
import { route } from '../frame/route.js';
import { instant } from '../frame/schemas.js';
import { asField } from '../frame/settings-change.js';
import { runOf } from './history/run-of.js';

const tag = 'Runs';
const path = '/enterprises/{enterpriseId}/runs';

/** A run (CONTRACT section 4, sync now). */
export const run = z
  .object({
    id: z.string(),
    trigger: z.enum(['manual', 'scheduled', 'restore']),
    requestedBy: z.string(),
    dry: z.boolean().meta({ description: 'A plan: nothing was changed by it.' }),
    planId: z.string().nullable().meta({ description: 'The plan that this run applied exactly.' }),
    status: z.enum(['queued', 'running', 'succeeded', 'succeeded_with_errors', 'failed', 'cancelled', 'skipped']),
    phase: z.enum(['queued', 'reading', 'applying', 'settling', 'done']),
    code: z.string().nullable(),
    message: z.string().nullable(),
    requestedAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    scheduledFor: instant.nullable(),
    counts: z.record(z.string(), z.number()),
    held: z.number().int(),
    writes: z.number().int(),
  })
  .meta({ id: 'Run' });

/** Sync Now, plans and the history of runs. */
export const runRoutes = [
  route({
    method: 'post',
    ...{ path, tag, need: 'change', status: 202 },
    summary: 'Sync Now, a plan of it (`dry`), or exactly what a plan had (`planId`).',
    body: z.strictObject({ dry: z.boolean().optional(), planId: z.string().optional() }),
    answer: z.object({ run, alreadyRunning: z.boolean() }),
    run: async ({ services, principal, params, body: { dry = false, planId } }) => {
      const { enterpriseId } = params;
      if (dry && planId !== undefined) {
        throw new AppError('invalid_input', 'Give dry or planId, not both.', { field: 'planId' });
      }
      const wanted = { enterpriseId, trigger: 'manual', requestedBy: principal.who, dry } as const;
      const asking = services.runs.request(planId === undefined ? wanted : { ...wanted, planId });
      const asked = await asking.catch(asField({ plan: 'planId' }));
      return { run: runView(asked.run), alreadyRunning: asked.alreadyRunning };
    },
  }),
  route({
    method: 'get',
    path: `${path}/{run}`,
    ...{ tag, need: 'read', answer: run },
    summary: 'One run with its counts so far.',
    run: async ({ services, params }) => {
      return runView(await runOf(services, params));
    },
  }),
];
