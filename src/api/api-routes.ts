import type { Route } from './frame/route.js';
import { connectionRoutes } from './routes/connection-routes.js';
import { enterpriseRoutes } from './routes/enterprise-routes.js';
import { integrationRoutes } from './routes/integration-routes.js';
import { runRoutes } from './routes/run-routes.js';
import { calendarRoutes } from './routes/set-up/calendar-routes.js';
import { directoryRoutes } from './routes/set-up/directory-routes.js';
import { fieldRoutes } from './routes/set-up/field-routes.js';
import { teamMappingRoutes } from './routes/set-up/team-mapping-routes.js';

/** Every route of `/api/v1`, in the order of the OpenAPI document. */
export const API_ROUTES: readonly Route[] = [
  ...enterpriseRoutes,
  ...integrationRoutes,
  ...fieldRoutes,
  ...teamMappingRoutes,
  ...calendarRoutes,
  ...directoryRoutes,
  ...connectionRoutes,
  ...runRoutes,
];
