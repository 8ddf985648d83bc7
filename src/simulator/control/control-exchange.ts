import type { Request, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { BoundedLog } from '../delivery/bounded-log.js';
import type { Delivery } from '../delivery/delivery.js';
import type { FaultBook } from '../server/fault-book.js';
import type { RequestRecord } from '../server/request-log.js';
import type { SubscriptionStore } from '../subscriptions/subscription-store.js';
import type { Tenant, World } from '../world/types.js';

/** What the control can look at and change. */
export interface ControlDeps {
  readonly world: World;
  readonly store: SubscriptionStore;
  readonly faults: FaultBook;
  readonly delivery: Delivery;
  readonly log: BoundedLog<RequestRecord>;
}

/** The body of a request, read with a schema; what does not fit is a 400 that names the field. */
export function readBody<T>(request: Request, schema: z.ZodType<T>): T {
  return readInput(request.body ?? {}, schema);
}

export function readQuery<T>(request: Request, schema: z.ZodType<T>): T {
  return readInput(request.query, schema);
}

/** Input from outside, read with a schema. */
export function readInput<T>(input: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  const where = field === '' ? 'the body' : `"${field}"`;
  throw new AppError('invalid_input', `Mend ${where}: ${issue?.message}.`, field === '' ? {} : { field });
}

/** A GUID from the path. */
export function idParameter(request: Request, name: string): string {
  const id = normaliseGuid(String(request.params[name]));
  if (id === null) throw new AppError('invalid_id', `"${request.params[name]}" is no GUID.`, { field: name });
  return id;
}

export function tenantParameter(deps: ControlDeps, request: Request): Tenant {
  const id = idParameter(request, 'tenant');
  const tenant = deps.world.tenants.get(id);
  if (tenant) return tenant;
  const known = [...deps.world.tenants.keys()].join(', ');
  throw new AppError('unknown_tenant', `There is no tenant ${id}; there is ${known}.`, {
    status: 404,
    field: 'tenant',
  });
}

/** Answers a change with its simulated instant and the id of what was changed. */
export function sendChange(response: Response, change: { atMs: number; id: string }, status = 200): void {
  response.status(status).json({ at: new Date(change.atMs).toISOString(), id: change.id });
}
