import { Router } from 'express';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { PERFECT_DELIVERY } from '../delivery/delivery-chance.js';
import type { FaultRule } from '../server/fault-book.js';
import { type ControlDeps, readBody, sendChange } from './control-exchange.js';

const LONGEST_DELAY_MS = 3_600_000;

const actionSchema = z
  .strictObject({
    status: z.number().int().min(200).max(599).optional(),
    headers: z.record(z.string().regex(/^[\w-]+$/), z.union([z.string(), z.number().transform(String)])).optional(),
    body: z.unknown().optional(),
    delayMs: z.number().min(0).max(LONGEST_DELAY_MS).optional(),
    drop: z.boolean().optional(),
    reset: z.boolean().optional(),
    lagMs: z.number().min(0).optional(),
  })
  .refine((action) => Object.keys(action).length > 0, 'an action needs at least one of its parts');

/** A scripted fault as it comes from outside (CONTRACT section 4). */
export const faultSchema: z.ZodType<FaultRule> = z.strictObject({
  match: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
    path: z.string().min(1).refine(isPattern, 'must be a regular expression'),
    tenant: z
      .string()
      .refine((text) => normaliseGuid(text) !== null, 'must be a GUID')
      .optional(),
  }),
  after: z.number().int().min(0).default(0),
  times: z.number().int().min(1).default(1),
  action: actionSchema,
});

/** A file of faults: a list, or one of them. */
export const faultFileSchema: z.ZodType<FaultRule[]> = z.union([
  z.array(faultSchema),
  faultSchema.transform((fault) => [fault]),
]);

/** Scripted faults of Graph and the token endpoint. */
export function createFaultControls({ faults, delivery, world }: ControlDeps): Router {
  const router = Router();
  const now = () => world.clock.nowMs();
  router.get('/faults', (_request, response) => void response.json({ items: faults.list() }));
  router.post('/faults', (request, response) => {
    sendChange(response, { atMs: now(), id: faults.add(readBody(request, faultSchema)) }, 201);
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    sendChange(response, { atMs: now(), id: 'faults' });
  });
  router.delete('/faults/:id', (request, response) => {
    const { id } = request.params;
    if (!faults.remove(id))
      throw new AppError('unknown_fault', `There is no fault ${id}.`, { status: 404, field: 'id' });
    sendChange(response, { atMs: now(), id });
  });
  router.post('/reset-faults', (_request, response) => {
    faults.clear();
    Object.assign(delivery.settings, PERFECT_DELIVERY);
    sendChange(response, { atMs: now(), id: 'faults' });
  });
  return router;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'i') instanceof RegExp;
  } catch {
    return false;
  }
}
