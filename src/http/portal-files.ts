import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { AppError } from '../kernel/app-error.js';

/** Names of these files change with their content. */
const A_YEAR = 'public, max-age=31536000, immutable';

/**
 * The page as `npm run build` made it. Every address that is none of a file is the page's own: it gets index.html,
 * which is never kept, so that a new version shows at once.
 */
export function portalFiles(folder: string): Router {
  const router = Router();
  const assets = { immutable: true, maxAge: '1y', index: false, fallthrough: false } as const;
  router.use('/assets', express.static(join(folder, 'assets'), { ...assets, setHeaders: keepForAYear }));
  router.use(express.static(folder, { index: false, maxAge: '1h' }));
  router.get(/.*/, page(join(folder, 'index.html')));
  return router;
}

function keepForAYear(response: { setHeader(name: string, value: string): unknown }): void {
  response.setHeader('cache-control', A_YEAR);
}

function page(file: string): RequestHandler {
  return (request, response, next) => {
    const isPage = request.accepts(['html', 'json']) === 'html' && !/^\/(api|graph)\//.test(request.path);
    if (!isPage) return next();
    if (!existsSync(file)) {
      const message = 'The page is not built: run "npm run build", then load it again.';
      return next(new AppError('portal_not_built', message, { status: 503 }));
    }
    response.set('cache-control', 'no-cache').sendFile(file);
  };
}
