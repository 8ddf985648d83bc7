import type { RouteObject } from 'react-router';

/** The pages of the Microsoft Entra ID integration, below `/enterprises/{enterpriseId}/integrations/entra`. */
export const ENTRA_ROUTES: RouteObject[] = [
  {
    path: 'enterprises/:enterpriseId/integrations/entra',
    lazy: async () => ({ Component: (await import('./entra-layout.js')).EntraLayout }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./overview/overview-page.js')).OverviewPage }) },
      { path: 'plan', lazy: async () => ({ Component: (await import('./plan/plan-start-page.js')).PlanStartPage }) },
      { path: 'plan/:plan', lazy: async () => ({ Component: (await import('./plan/plan-page.js')).PlanPage }) },
      { path: 'people', lazy: async () => ({ Component: (await import('./people/people-page.js')).PeoplePage }) },
      {
        path: 'people/:person',
        lazy: async () => ({ Component: (await import('./people/person/person-page.js')).PersonPage }),
      },
      {
        path: 'problems',
        lazy: async () => ({ Component: (await import('./problems/problems-page.js')).ProblemsPage }),
      },
      {
        path: 'problems/:problem',
        lazy: async () => ({ Component: (await import('./problems/clash-page.js')).ClashPage }),
      },
      { path: 'held', lazy: async () => ({ Component: (await import('./held/held-page.js')).HeldPage }) },
    ],
  },
];
