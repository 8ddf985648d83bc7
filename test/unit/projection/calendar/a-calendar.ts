import { type DecisionContext, decideEvent } from '../../../../src/projection/calendar/decide-event.js';
import { DEFAULT_CALENDAR_RULE } from '../../../../src/projection/calendar/default-calendar-rule.js';
import { eventOf, type RawEvent } from '../../../../src/projection/calendar/event-of.js';
import type {
  CalendarActivity,
  CalendarEvent,
  CalendarInput,
  CalendarProjection,
  CalendarRule,
} from '../../../../src/projection/calendar/types.js';

export const NOW = new Date('2026-09-20T12:00:00Z');
export const WINDOW = { from: new Date('2026-09-20T00:00:00Z'), to: new Date('2026-10-04T00:00:00Z') };

/** A meeting of one's own from 10:00 to 11:00 UTC next morning, as Graph answers it. */
export function aRawEvent(parts: RawEvent = {}): RawEvent {
  return {
    id: 'event-1',
    iCalUId: 'uid-1',
    type: 'singleInstance',
    subject: 'Visit the mill',
    location: { displayName: 'Mill Road 1' },
    categories: [],
    start: utc('2026-09-21T10:00:00'),
    end: utc('2026-09-21T11:00:00'),
    isAllDay: false,
    showAs: 'busy',
    sensitivity: 'normal',
    isCancelled: false,
    isOrganizer: true,
    isOnlineMeeting: false,
    responseStatus: { response: 'organizer' },
    ...parts,
  };
}

export function utc(text: string) {
  return { dateTime: `${text}.0000000`, timeZone: 'UTC' };
}

/** The event; the test fails where it cannot be read. */
export function anEvent(parts: RawEvent = {}): CalendarEvent {
  const event = eventOf(aRawEvent(parts));
  if (event === null || 'unreadable' in event) throw new Error(`unreadable: ${event?.unreadable}`);
  return event;
}

export function decided(
  parts: RawEvent = {},
  { rule, ...context }: Partial<Omit<DecisionContext, 'rule'>> & { rule?: Partial<CalendarRule> } = {},
) {
  return decideEvent(anEvent(parts), {
    ...{ zone: 'UTC', now: NOW, hasActivityType: true, ...context },
    rule: { ...DEFAULT_CALENDAR_RULE, ...rule },
  });
}

export function reasonsOf(...given: Parameters<typeof decided>) {
  return decided(...given).reasons;
}

/** The activity that the meeting of `aRawEvent` has. */
export function anActivity(parts: Partial<CalendarActivity> = {}): CalendarActivity {
  return {
    id: 'activity-1',
    eventId: 'event-1',
    key: 'uid-1',
    name: 'Visit the mill',
    destination: 'Mill Road 1',
    start: new Date('2026-09-21T10:00:00Z'),
    finish: new Date('2026-09-21T11:00:00Z'),
    status: 'scheduled',
    isTouched: false,
    isDetached: false,
    ...parts,
  };
}

export function anInput(parts: Partial<CalendarInput> = {}): CalendarInput {
  return {
    events: [],
    readById: new Map(),
    activities: [],
    rule: DEFAULT_CALENDAR_RULE,
    zone: 'UTC',
    window: WINDOW,
    now: NOW,
    hasActivityType: true,
    ...parts,
  };
}

/** Changes in one word or two each: `create uid-1`, `revive activity-1`, `cancel activity-1 event_deleted`. */
export function inWords({ changes }: CalendarProjection): string[] {
  return changes.map((change) => {
    if (change.kind === 'activity_cancel') return `cancel ${change.activity.id} ${change.reason}`;
    if (change.kind === 'activity_update') return `update ${change.activity.id}`;
    return change.revives === null ? `create ${change.verdict.event.key}` : `revive ${change.revives}`;
  });
}

export function warningsOf({ problems }: CalendarProjection): string[] {
  return problems.map(({ code, subject }) => `${code} ${subject ?? 'calendar'}`);
}
