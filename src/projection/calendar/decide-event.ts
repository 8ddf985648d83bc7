import { DAY_MS, MINUTE_MS } from '../../kernel/clock.js';
import { ianaZone, instantOfWall } from '../values/wall-time.js';
import { isHidden } from './event-of.js';
import { isWanted } from './match-rule.js';
import { type CalendarEvent, type CalendarRule, EVENT_REASONS, type EventReason, type EventVerdict } from './types.js';

/** Name of an activity of a private or confidential event (E49). */
export const PRIVATE_NAME = 'Private appointment';
/** Name of an activity of an event without a subject; an activity has one always (domain 2.9). */
export const NAMELESS = '(no subject)';

export interface DecisionContext {
  readonly rule: CalendarRule;
  /** The person's zone, IANA: where an all-day event begins and ends. */
  readonly zone: string;
  readonly now: Date;
  /** Whether the organisation has a type for activities of the calendar (E57). */
  readonly hasActivityType: boolean;
}

/** What the rules make of one event, with every reason that speaks against it. */
export function decideEvent(event: CalendarEvent, context: DecisionContext): EventVerdict {
  const { start, finish } = timesOf(event, context.zone);
  const against = { ...reasonsOfEvent(event, context.rule), ...reasonsOfTime(event, { start, finish, context }) };
  const isPrivate = isHidden(event);
  return {
    event,
    reasons: EVENT_REASONS.filter((reason) => against[reason]),
    name: isPrivate ? PRIVATE_NAME : (event.subject ?? NAMELESS),
    destination: isPrivate ? null : event.location,
    start,
    finish,
  };
}

type Against = Partial<Record<EventReason, boolean>>;

/**
 * Somebody who accepted tentatively is as undecided as an event that shows as tentative: both count only where the
 * rule counts `tentative` as work (E44).
 */
function reasonsOfEvent(event: CalendarEvent, rule: CalendarRule): Against {
  const { response, showAs } = event;
  const isUndecided = response === 'tentativelyAccepted';
  return {
    cancelled: event.isCancelled,
    private: isHidden(event) && !rule.private,
    declined: response === 'declined',
    not_responded: !['none', 'organizer', 'accepted', 'declined', 'tentativelyAccepted'].includes(response),
    not_busy: !rule.showAs.includes(showAs) || (isUndecided && !rule.showAs.includes('tentative')),
    all_day: event.isAllDay && !rule.allDay,
    rule: !isWanted(event, rule),
  };
}

function reasonsOfTime(
  event: CalendarEvent,
  { start, finish, context }: { readonly start: Date; readonly finish: Date; readonly context: DecisionContext },
): Against {
  const { rule, now, hasActivityType } = context;
  const minutes = minutesOf(event, { start, finish });
  // Whoever wants all-day events wants those of one day, whatever the limit is for others.
  const most = event.isAllDay ? Math.max(rule.maxMinutes, DAY_MS / MINUTE_MS) : rule.maxMinutes;
  return {
    too_short: minutes <= 0 || minutes < rule.minMinutes,
    too_long: minutes > most,
    past: start <= now,
    no_activity_type: !hasActivityType,
  };
}

/** A day is 24 hours here, also where the clock is changed on it: it is one day all the same. */
function minutesOf({ isAllDay, ...event }: CalendarEvent, { start, finish }: { start: Date; finish: Date }): number {
  const length = isAllDay ? Date.parse(event.end) - Date.parse(event.start) : finish.getTime() - start.getTime();
  return length / MINUTE_MS;
}

/** Of an all-day event the midnights of the person's zone (E45): 23 or 25 hours where the clock is changed. */
function timesOf({ isAllDay, start, end }: CalendarEvent, zone: string): { start: Date; finish: Date } {
  const at = (text: string) => (isAllDay ? new Date(instantOfWall(Date.parse(text), ianaZone(zone))) : new Date(text));
  return { start: at(start), finish: at(end) };
}
