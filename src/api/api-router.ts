import { Router } from 'express';
import { API_ROUTES } from './api-routes.js';
import { type MountDeps, mountRoutes } from './frame/mount.js';
import { describeRoutes } from './frame/openapi.js';

/** `/api/v1`: its description for anybody, everything else for whoever is signed in. */
export function createApiRouter(deps: MountDeps & { readonly version: string }): Router {
  const router = Router();
  const description = describeRoutes(API_ROUTES, deps);
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(description);
  });
  router.use('/api/v1', mountRoutes(API_ROUTES, deps));
  return router;
}
