import { z } from 'zod';
import { graphEventOf } from '../graph/graph-event.js';
import { type EventPreview, previewCalendar } from '../projection/calendar/preview-calendar.js';
import { previewFields } from '../projection/preview.js';
import { nextInstants } from '../projection/schedule.js';
import { ianaZone } from '../projection/values/wall-time.js';
import { checked } from '../tenancy/checked-input.js';
import { calendarRuleSchema } from '../tenancy/settings/calendar-rule.js';

const pageSchema = z.object(
  { value: z.array(z.unknown(), { error: 'is no list of events' }) },
  { error: 'is no answer of calendarView: {"value":[…]}' },
);

/** The rules that need neither database nor network. */
export const previews = { fields: previewFields, schedule: nextInstants, calendar: calendarPreview };

/** What a calendar rule makes of one answer of `calendarView`; an `AppError` names what of the input is wrong. */
function calendarPreview({
  page,
  rule,
  zone,
  now,
}: {
  readonly page: unknown;
  /** Some of a calendar rule; what is left out is as by default. */
  readonly rule: unknown;
  /** The person's zone, IANA. */
  readonly zone: string;
  readonly now: Date;
}): { readonly events: readonly EventPreview[] } {
  const place = ianaZone(zone).name;
  const wanted = checked(z.object({ page: pageSchema, rule: calendarRuleSchema }), { page, rule });
  return { events: previewCalendar(wanted.page.value.map(graphEventOf), { rule: wanted.rule, zone: place, now }) };
}
