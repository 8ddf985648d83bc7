import type { CalendarView } from '../../world/calendar/calendar-types.js';
import type { GraphRequest, GraphResponse } from '../../world/types.js';
import { findMailboxUser, readMailboxSettings } from '../mailbox-routes.js';
import { readPreferences } from './calendar-preferences.js';
import type { EventWriting } from './event-entity.js';

/** A mailbox that may be read, and how the caller wants it. */
export interface CalendarReading extends EventWriting {
  /** As the address names the user. */
  readonly key: string;
  readonly view: CalendarView;
}

/** The calendar of a mailbox, or the answer where there is none, it is closed, or the zone is unknown. */
export function readCalendar(request: GraphRequest, key: string): CalendarReading | GraphResponse {
  const owner = findMailboxUser(request, key);
  if ('status' in owner) return owner;
  const mailbox = readMailboxSettings(request, owner);
  if ('status' in mailbox) return mailbox;
  const preferences = readPreferences(request);
  if ('status' in preferences) return preferences;
  return { key, owner, preferences, view: request.caller.tenant.calendars.view(owner.id, request.lagMs) };
}
