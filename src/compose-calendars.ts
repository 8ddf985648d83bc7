import type { MicrosoftServices, Services } from './compose.js';
import { type CalendarPreview, previewCalendar } from './sync/mailboxes/preview-calendar.js';

/** What a person's calendar would become now; only read. */
export function previewCalendarOf(
  { store, mirror, clock }: Services,
  { graphFor }: Pick<MicrosoftServices, 'graphFor'>,
  of: { readonly enterpriseId: string; readonly tenantId: string; readonly objectId: string },
): Promise<CalendarPreview> {
  const { people, calendars } = mirror;
  const { enterpriseId, tenantId, objectId } = of;
  const { signal } = new AbortController();
  const owner = { enterpriseId, tenantId, graph: graphFor(tenantId), signal };
  return previewCalendar({ store, people, calendars }, owner, { objectId, now: clock.now() });
}
