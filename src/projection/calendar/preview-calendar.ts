import { type DecisionContext, decideEvent } from './decide-event.js';
import { eventOf, type RawEvent, type UnreadableEvent } from './event-of.js';
import type { EventReason } from './types.js';

/** One event as `ghs calendar preview` shows it. */
export interface EventPreview {
  readonly id: string | null;
  /** Whether it becomes an activity. */
  readonly activity: boolean;
  /** Instants in ISO 8601 with `Z`; null where the event cannot be read. */
  readonly start: string | null;
  readonly finish: string | null;
  readonly name: string | null;
  /** Empty where it becomes an activity. */
  readonly reasons: readonly EventReason[];
  /** Only of an event that cannot be read: why. */
  readonly problem?: string;
}

/** What the rule makes of each event, without any record: the same rules as a sync. */
export function previewCalendar(
  events: readonly (RawEvent | UnreadableEvent)[],
  context: Omit<DecisionContext, 'hasActivityType'>,
): EventPreview[] {
  return events.map((raw) => previewEvent(raw, context));
}

function previewEvent(
  raw: RawEvent | UnreadableEvent,
  context: Omit<DecisionContext, 'hasActivityType'>,
): EventPreview {
  const event = eventOf(raw);
  if (event === null) {
    return unread(raw.id ?? null, 'the master of a series is never an activity, only its occurrences are');
  }
  if ('unreadable' in event) return unread(event.id, event.unreadable);
  const { start, finish, name, reasons } = decideEvent(event, { ...context, hasActivityType: true });
  const activity = reasons.length === 0;
  return { id: event.id, activity, start: start.toISOString(), finish: finish.toISOString(), name, reasons };
}

function unread(id: string | null, problem: string): EventPreview {
  return { id, activity: false, start: null, finish: null, name: null, reasons: [], problem };
}
