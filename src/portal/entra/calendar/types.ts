import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type {
  calendar,
  calendarActivities,
  calendarPreview,
  calendarRule,
} from '../../../api/routes/set-up/calendar-schemas.js';

export type CalendarRule = Wire<z.output<typeof calendarRule>>;
export type CalendarActivities = Wire<z.output<typeof calendarActivities>>;
export type Organisation = CalendarActivities['organisations'][number];
export type CalendarPreview = Wire<z.output<typeof calendarPreview>>;
export type PreviewedEvent = CalendarPreview['events'][number];
export type Calendar = Wire<z.output<typeof calendar>>;

/** What of Calendar Activities is saved together. */
export interface CalendarValues {
  readonly calendarSync: boolean;
  readonly calendarStaleHours: number;
  readonly rule: CalendarRule;
  /** By organisation; null: the rule of the enterprise. */
  readonly exceptions: Readonly<Record<string, CalendarRule | null>>;
}
