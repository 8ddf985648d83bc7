import express, { type Express } from 'express';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Metrics } from '../kernel/metrics.js';
import { createErrorHandler, notFound } from './problem.js';
import { checkReadiness, type ReadinessCheck } from './readiness.js';

export interface OpsDeps {
  readonly metrics: Metrics;
  /** By part: `intake` can write with majority, `worker` holds its leases. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What operators and their machines ask, on a port of its own that is not public. */
export function createOpsApp(deps: OpsDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    const text = await deps.metrics.metrics();
    response.setHeader('content-type', deps.metrics.contentType);
    response.end(text);
  });
  app.get('/readyz', async (_request, response) => {
    const readiness = await checkReadiness(deps, deps.checks);
    response.status(readiness.ok ? 200 : 503).json(readiness);
  });
  app.use(notFound);
  app.use(createErrorHandler(deps.log));
  return app;
}
