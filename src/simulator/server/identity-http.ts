import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { systemClock } from '../../kernel/clock.js';
import type { BoundedLog } from '../delivery/bounded-log.js';
import type { World } from '../world/types.js';
import type { FaultBook } from './fault-book.js';
import type { RequestRecord } from './request-log.js';

/** Records requests to Entra's endpoints and lets faults catch them on their way. */
export function createIdentityGuard(deps: {
  world: World;
  faults: FaultBook;
  log: BoundedLog<RequestRecord>;
  signal: AbortSignal;
}): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const tenantId = tenantIn(deps.world, request.path);
    const { method, originalUrl: path } = request;
    response.once('close', () => {
      const at = new Date(deps.world.clock.nowMs()).toISOString();
      const status = response.writableEnded ? response.statusCode : null;
      deps.log.add({ at, method, path, status, tenant: tenantId });
    });
    const fault = deps.faults.take({ method, path, tenantId });
    if (!fault) return next();
    const { delayMs, headers, body, status } = fault;
    if (delayMs) await systemClock.sleep(delayMs, deps.signal).catch(() => {});
    if (fault.reset) return void response.socket?.resetAndDestroy();
    if (fault.drop) return;
    response.set({ ...headers });
    if (status === undefined) return next();
    response.status(status);
    if (typeof body === 'string') response.send(body);
    else response.json(body ?? defaultError(status));
  };
}

function tenantIn(world: World, path: string): string | null {
  const segment = (path.split('/')[1] ?? '').toLowerCase();
  const tenant = world.tenants.get(segment) ?? [...world.tenants.values()].find(({ domain }) => domain === segment);
  return tenant?.id ?? null;
}

/** Entra's error shape, for a fault that names only a status. */
function defaultError(status: number) {
  const error = status >= 500 || status === 429 ? 'temporarily_unavailable' : 'invalid_request';
  return { error, error_description: 'AADSTS90033: This answer is a fault of the simulator.', error_codes: [90033] };
}
