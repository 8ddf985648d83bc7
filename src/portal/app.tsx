import { createBrowserRouter, Navigate } from 'react-router';
import { ENTRA_ROUTES } from './entra/entra-routes.js';
import { NotFound } from './frame/not-found.js';
import { RouteFailed } from './frame/route-failed.js';
import { Shell } from './frame/shell.js';
import { Home } from './integrations/home.js';
import { OPERATOR_ROUTES } from './operator/operator-routes.js';
import { SignInPage } from './session/sign-in-page.js';

/** Every address of the portal; what is below an integration loads when it is opened. */
export function createRouter() {
  return createBrowserRouter([
    { path: '/sign-in', element: <SignInPage />, errorElement: <RouteFailed /> },
    {
      path: '/',
      element: <Shell />,
      errorElement: <RouteFailed />,
      children: [
        { index: true, element: <Home /> },
        { path: 'enterprises/:enterpriseId', element: <Navigate to="integrations" replace /> },
        {
          path: 'enterprises/:enterpriseId/integrations',
          lazy: async () => ({ Component: (await import('./integrations/integrations-page.js')).IntegrationsPage }),
        },
        ...ENTRA_ROUTES,
        ...OPERATOR_ROUTES,
        { path: '*', element: <NotFound /> },
      ],
    },
  ]);
}
