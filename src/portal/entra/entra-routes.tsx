import type { RouteObject } from 'react-router';

/** The pages of the Microsoft Entra ID integration, below `/enterprises/{enterpriseId}/integrations/entra`. */
export const ENTRA_ROUTES: RouteObject[] = [
  {
    path: 'enterprises/:enterpriseId/integrations/entra',
    lazy: async () => ({ Component: (await import('./entra-layout.js')).EntraLayout }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./overview/overview-page.js')).OverviewPage }) },
      { path: 'history', lazy: async () => ({ Component: (await import('./history/history-page.js')).HistoryPage }) },
      { path: 'history/:run', lazy: async () => ({ Component: (await import('./history/run-page.js')).RunPage }) },
      { path: 'log', lazy: async () => ({ Component: (await import('./log/log-page.js')).LogPage }) },
    ],
  },
];
