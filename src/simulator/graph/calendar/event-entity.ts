import { DateTime } from 'luxon';
import { MINUTE_MS } from '../../../kernel/clock.js';
import type { CalendarTime, EventInstance } from '../../world/calendar/calendar-types.js';
import { instantOf, midnight } from '../../world/calendar/wall-time.js';
import type { DirectoryUser } from '../../world/types.js';
import type { CalendarPreferences } from './calendar-preferences.js';

export interface EventWriting {
  readonly preferences: CalendarPreferences;
  readonly owner: DirectoryUser;
}

/** The properties of an event that can be selected. */
export const EVENT_NAMES: ReadonlySet<string> = new Set(
  `id changeKey iCalUId transactionId createdDateTime lastModifiedDateTime originalStartTimeZone
  originalEndTimeZone originalStart reminderMinutesBeforeStart isReminderOn hasAttachments importance isDraft
  responseRequested hideAttendees allowNewTimeProposals type seriesMasterId recurrence subject isAllDay showAs
  sensitivity categories isOnlineMeeting isCancelled isOrganizer bodyPreview body responseStatus start end location
  locations attendees organizer onlineMeetingProvider onlineMeeting onlineMeetingUrl webLink`.split(/\s+/),
);

/** An event with every property that this Graph knows of, in the zone the caller prefers. */
export function eventEntity(instance: EventInstance, writing: EventWriting): Record<string, unknown> {
  const { content, id, changeKey } = instance;
  const { start, end, bodyPreview, location, responseStatus, ...rest } = content;
  const contentType = 'text';
  return {
    '@odata.etag': `W/"${changeKey}"`,
    ...{ id, changeKey, iCalUId: instance.iCalUId, transactionId: null },
    createdDateTime: sevenDigits(instance.createdAtMs),
    lastModifiedDateTime: sevenDigits(instance.modifiedAtMs),
    ...{ originalStartTimeZone: start.timeZone, originalEndTimeZone: end.timeZone },
    originalStart: originalStart(instance),
    ...{ reminderMinutesBeforeStart: 15, isReminderOn: false, hasAttachments: false, importance: 'normal' },
    ...{ isDraft: false, responseRequested: true, hideAttendees: false, allowNewTimeProposals: true },
    ...{ type: instance.type, seriesMasterId: instance.seriesMasterId, recurrence: recurrenceOf(instance) },
    ...{ ...rest, bodyPreview, body: { contentType, content: bodyPreview } },
    responseStatus: { ...responseStatus, time: '0001-01-01T00:00:00Z' },
    ...timesOf(instance, writing),
    location: { ...location, locationType: 'default', uniqueId: location.displayName, uniqueIdType: 'private' },
    locations: location.displayName === '' ? [] : [{ ...location, locationType: 'default', uniqueIdType: 'private' }],
    ...{ attendees: [], organizer: { emailAddress: emailAddress(writing.owner) } },
    onlineMeetingProvider: rest.isOnlineMeeting ? 'teamsForBusiness' : 'unknown',
    ...{ onlineMeeting: null, onlineMeetingUrl: null },
    webLink: `https://outlook.example/calendar/item/${encodeURIComponent(id)}`,
  };
}

/** Where events and series begin and end, in the zone the caller prefers. */
export function timesOf({ content }: EventInstance, { preferences }: EventWriting) {
  const written = (time: CalendarTime) => ({
    dateTime: content.isAllDay ? `${midnight(time, 'UTC').dateTime}.0000000` : wallTime(time, preferences.zone),
    timeZone: preferences.zoneName,
  });
  return { start: written(content.start), end: written(content.end) };
}

function wallTime(time: CalendarTime, zone: string): string {
  const local = DateTime.fromMillis(instantOf(time), { zone });
  return `${new Date(local.toMillis() + local.offset * MINUTE_MS).toISOString().slice(0, -1)}0000`;
}

/** An instant; of an all-day event midnight of its day. */
function originalStart({ originalStart, content }: EventInstance): string | null {
  if (originalStart === null) return null;
  const time = content.isAllDay ? midnight(originalStart, 'UTC') : originalStart;
  return `${new Date(instantOf(time)).toISOString().slice(0, 19)}Z`;
}

/** A series, as Graph writes it with all that it left to the default. */
function recurrenceOf({ recurrence, content }: EventInstance) {
  if (recurrence === null) return null;
  const { pattern, range } = recurrence;
  const unused = { month: 0, dayOfMonth: 0, firstDayOfWeek: 'sunday', index: 'first' };
  return {
    pattern: { ...unused, ...pattern },
    range: {
      ...{ endDate: '0001-01-01', numberOfOccurrences: 0, ...range },
      recurrenceTimeZone: content.start.timeZone,
    },
  };
}

function emailAddress({ properties }: DirectoryUser) {
  return { name: properties['displayName'], address: properties['mail'] ?? properties['userPrincipalName'] };
}

function sevenDigits(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '0000Z');
}
