import express, { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { AppError, messageOf } from '../../kernel/app-error.js';
import { UnknownObject } from '../world/unknown-object.js';
import type { ControlDeps } from './control-exchange.js';
import { createDirectoryControls } from './directory-controls.js';
import { createDirectoryLookups } from './directory-lookups.js';
import { createEventControls } from './event-controls.js';
import { createFaultControls } from './fault-controls.js';
import { createSubscriptionControls } from './subscription-controls.js';
import { createWorldControls } from './world-controls.js';

/** Everything that stands outside the simulated service and moves it: people's edits, faults, the clock, the logs. */
export function createControlHandler(deps: ControlDeps): RequestHandler {
  const router = Router();
  router.use(express.json({ type: () => true, limit: '4mb' }));
  router.use(createWorldControls(deps), createFaultControls(deps), createSubscriptionControls(deps));
  router.use(
    '/tenants/:tenant',
    createDirectoryLookups(deps),
    createDirectoryControls(deps),
    createEventControls(deps),
  );
  return (request, response) => {
    router(request, response, (error?: unknown) => {
      const { status, code, message, field } = error ? readError(error) : unknownRoute(request);
      response.status(status).json({ error: { code, message, ...(field !== undefined && { field }) } });
    });
  };
}

function unknownRoute({ method, originalUrl }: Request): AppError {
  return new AppError('unknown_route', `Control has no ${method} ${originalUrl}.`, { status: 404 });
}

/** What the body parser throws. */
const clientError = z.object({ status: z.number().min(400).max(499) });

/** What is told of an error, and with which status. */
export function readError(error: unknown): {
  status: number;
  code: string;
  message: string;
  field?: string | undefined;
} {
  if (error instanceof AppError) return error;
  const message = messageOf(error);
  if (error instanceof UnknownObject) return { status: 404, code: 'unknown_object', message, field: 'id' };
  const parsed = clientError.safeParse(error);
  if (parsed.success)
    return { status: parsed.data.status, code: 'invalid_input', message: `Mend the body: ${message}.` };
  return { status: 500, code: 'internal', message };
}
