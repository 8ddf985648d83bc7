import express, { type Express, type Router } from 'express';
import helmet from 'helmet';
import type { Log } from '../kernel/log.js';
import { createErrorHandler, notFound } from './problem.js';

export interface MountedRouter {
  /** Where it is mounted; `/` for the portal, which comes last. */
  readonly path: string;
  readonly router: Router;
}

export interface AppDeps {
  /** Graph's routes, null where this process has no intake; nothing stands before them. */
  readonly intake: Router | null;
  readonly routers: readonly MountedRouter[];
  readonly log: Log;
  /** As Express understands it: hops, addresses, or a boolean. */
  readonly trustProxy: boolean | number | string;
}

/** The public HTTP application: Graph's routes, health, then everything for people, behind security headers. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', deps.trustProxy);

  if (deps.intake !== null) app.use(deps.intake);
  // Says that the process answers; it never asks the database, so that an outage there restarts nothing here.
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  app.use(securityHeaders());
  for (const { path, router } of deps.routers) app.use(path, router);
  app.use(notFound);
  app.use(createErrorHandler(deps.log));
  return app;
}

function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      directives: {
        'default-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'style-src': ["'self'", "'unsafe-inline'"],
        'object-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        // On loopback there is no https to upgrade to; elsewhere everything is served from the same origin anyway.
        'upgrade-insecure-requests': null,
      },
    },
  });
}
