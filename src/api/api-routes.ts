import type { Route } from './frame/route.js';
import { connectionRoutes } from './routes/connection-routes.js';
import { enterpriseRoutes } from './routes/enterprise-routes.js';
import { integrationRoutes } from './routes/integration-routes.js';
import { runRoutes } from './routes/run-routes.js';

/** Every route of `/api/v1`, in the order of the OpenAPI document. */
export const API_ROUTES: readonly Route[] = [
  ...enterpriseRoutes,
  ...integrationRoutes,
  ...connectionRoutes,
  ...runRoutes,
];
