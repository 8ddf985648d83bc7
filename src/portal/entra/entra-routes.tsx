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
      { path: 'history', lazy: async () => ({ Component: (await import('./history/history-page.js')).HistoryPage }) },
      { path: 'history/:run', lazy: async () => ({ Component: (await import('./history/run-page.js')).RunPage }) },
      { path: 'log', lazy: async () => ({ Component: (await import('./log/log-page.js')).LogPage }) },
      {
        path: 'team-sync',
        lazy: async () => ({ Component: (await import('./team-sync/team-sync-page.js')).TeamSyncPage }),
      },
      {
        path: 'lifecycle',
        lazy: async () => ({ Component: (await import('./lifecycle/lifecycle-page.js')).LifecyclePage }),
      },
      {
        path: 'field-mappings',
        lazy: async () => ({ Component: (await import('./fields/fields-page.js')).FieldsPage }),
      },
      {
        path: 'team-mappings',
        lazy: async () => ({ Component: (await import('./mappings/mappings-page.js')).MappingsPage }),
      },
      {
        path: 'calendar-activities',
        lazy: async () => ({ Component: (await import('./calendar/calendar-page.js')).CalendarPage }),
      },
      { path: 'notices', lazy: async () => ({ Component: (await import('./notices/notices-page.js')).NoticesPage }) },
      { path: 'doctor', lazy: async () => ({ Component: (await import('./doctor/doctor-page.js')).DoctorPage }) },
    ],
  },
];
