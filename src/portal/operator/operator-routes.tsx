import type { RouteObject } from 'react-router';

/** The pages of operators, over all enterprises. */
export const OPERATOR_ROUTES: RouteObject[] = [
  {
    path: 'operator',
    lazy: async () => ({ Component: (await import('./operator-layout.js')).OperatorLayout }),
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./tenants-page.js')).TenantsPage }) },
      {
        path: 'subscriptions',
        lazy: async () => ({ Component: (await import('./subscriptions-page.js')).SubscriptionsPage }),
      },
      { path: 'changes', lazy: async () => ({ Component: (await import('./changes-page.js')).ChangesPage }) },
      { path: 'accounts', lazy: async () => ({ Component: (await import('./accounts-page.js')).AccountsPage }) },
      { path: 'jobs', lazy: async () => ({ Component: (await import('./jobs-page.js')).JobsPage }) },
    ],
  },
];
