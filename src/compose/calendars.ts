import type { MicrosoftServices, Services } from '../compose.js';
import { AppError } from '../kernel/app-error.js';
import { tenantAnswering } from '../reconciliation/directory/entra-directory.js';
import { type CalendarPreview, previewCalendar } from '../sync/mailboxes/preview-calendar.js';
import { patchSettings, type SettingsPatch } from '../tenancy/settings/integration-settings.js';

export interface PreviewWanted {
  readonly enterpriseId: string;
  /** Id, object id or e-mail of somebody in the enterprise. */
  readonly person: string;
  /** Rules to try, laid over the saved settings; the calendar is then read whether calendars are on or not. */
  readonly trying?: Pick<SettingsPatch, 'calendarRule' | 'calendarRules'>;
  readonly signal?: AbortSignal;
}

/**
 * What a person's calendar would become now; only read.
 *
 * @throws AppError not_connected, person_not_found, not_in_entra, invalid_input
 */
export async function previewCalendarOf(
  { store, mirror, clock, people: records, integrations }: Services,
  { graphFor }: Pick<MicrosoftServices, 'graphFor'>,
  { enterpriseId, person, trying, signal = new AbortController().signal }: PreviewWanted,
): Promise<CalendarPreview> {
  const integration = await integrations.getIntegration(enterpriseId);
  const tenantId = tenantAnswering(integration);
  const { entra } = await records.find(enterpriseId, person);
  if (entra?.tenantId !== tenantId) {
    const text = 'This person comes from GetHomeSafe itself: there is no calendar to follow.';
    throw new AppError('not_in_entra', text, { status: 409, field: 'person' });
  }
  const { people, calendars } = mirror;
  const owner = { enterpriseId, tenantId, graph: graphFor(tenantId), signal };
  const wanted = { objectId: entra.objectId, now: clock.now() };
  const { settings, revision } = integration;
  const tried = trying && (patchSettings(settings, { ...trying, calendarSync: true })?.settings ?? settings);
  const instead = tried ? { inEffect: { revision, settings: tried } } : {};
  return previewCalendar({ store, people, calendars }, owner, { ...wanted, ...instead });
}
