import type { MicrosoftServices, Services } from '../../compose.js';
import { type CalendarPageWanted, calendarPage } from '../../mirror/calendar-pages.js';
import { createEntraDirectory } from '../../reconciliation/directory/entra-directory.js';
import { findTeams, type TeamsWanted } from '../../tenancy/structure/find-teams.js';
import { type PreviewWanted, previewCalendarOf } from '../calendars.js';

/** What the page chooses from and tries out: at Microsoft Graph, in the tenant's one budget, and in lists of our own. */
export function composeDirectory(services: Services, microsoft: Pick<MicrosoftServices, 'graphFor'>) {
  const { graphFor } = microsoft;
  return {
    directory: createEntraDirectory({ ...services, graphFor }),
    findTeams: (wanted: TeamsWanted) => findTeams(services, wanted),
    calendarPage: (wanted: CalendarPageWanted) => calendarPage(services, wanted),
    previewCalendar: (wanted: PreviewWanted) => previewCalendarOf(services, microsoft, wanted),
  };
}
