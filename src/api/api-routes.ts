import type { Route } from './frame/route.js';
import { enterpriseRoutes } from './routes/enterprise-routes.js';
import { integrationRoutes } from './routes/integration-routes.js';
import { decisionRoutes } from './routes/people/decision-routes.js';
import { peopleRoutes } from './routes/people/people-routes.js';
import { planRoutes } from './routes/people/plan-routes.js';
import { problemRoutes } from './routes/people/problem-routes.js';
import { runRoutes } from './routes/run-routes.js';

/** Every route of `/api/v1`, in the order of the OpenAPI document. */
export const API_ROUTES: readonly Route[] = [
  ...enterpriseRoutes,
  ...integrationRoutes,
  ...runRoutes,
  ...planRoutes,
  ...decisionRoutes,
  ...problemRoutes,
  ...peopleRoutes,
];
