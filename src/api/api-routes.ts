import type { Route } from './frame/route.js';
import { connectionRoutes } from './routes/connection-routes.js';
import { enterpriseRoutes } from './routes/enterprise-routes.js';
import { historyRoutes } from './routes/history/history-routes.js';
import { runHistoryRoutes } from './routes/history/run-history-routes.js';
import { integrationRoutes } from './routes/integration-routes.js';
import { accountRoutes } from './routes/operator/account-routes.js';
import { changeRoutes } from './routes/operator/change-routes.js';
import { operatorRoutes } from './routes/operator/operator-routes.js';
import { decisionRoutes } from './routes/people/decision-routes.js';
import { peopleRoutes } from './routes/people/people-routes.js';
import { planRoutes } from './routes/people/plan-routes.js';
import { problemRoutes } from './routes/people/problem-routes.js';
import { runRoutes } from './routes/run-routes.js';
import { calendarRoutes } from './routes/set-up/calendar-routes.js';
import { directoryRoutes } from './routes/set-up/directory-routes.js';
import { fieldRoutes } from './routes/set-up/field-routes.js';
import { noticeRoutes } from './routes/set-up/notice-routes.js';
import { teamMappingRoutes } from './routes/set-up/team-mapping-routes.js';
import { standingRoutes } from './routes/standing-routes.js';

/** Every route of `/api/v1`, in the order of the OpenAPI document. */
export const API_ROUTES: readonly Route[] = [
  ...enterpriseRoutes,
  ...integrationRoutes,
  ...standingRoutes,
  ...fieldRoutes,
  ...teamMappingRoutes,
  ...calendarRoutes,
  ...directoryRoutes,
  ...noticeRoutes,
  ...connectionRoutes,
  ...runRoutes,
  ...runHistoryRoutes,
  ...historyRoutes,
  ...operatorRoutes,
  ...changeRoutes,
  ...planRoutes,
  ...decisionRoutes,
  ...problemRoutes,
  ...peopleRoutes,
  ...accountRoutes,
];
