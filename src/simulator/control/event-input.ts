import { z } from 'zod';
import {
  type CalendarTime,
  type EventEdit,
  type NewEvent,
  RESPONSES,
  SENSITIVITIES,
  SHOW_AS,
  WEEKDAYS,
} from '../world/calendar/calendar-types.js';
import { utcTime } from '../world/calendar/wall-time.js';

const instant = z.iso.datetime({ offset: true }).transform((text): CalendarTime => utcTime(Date.parse(text)));

/** Only the shape is checked: a test may want an event that ends before it starts. */
const time: z.ZodType<CalendarTime> = z.union(
  [
    instant,
    z.strictObject({
      dateTime: z.iso.datetime({ local: true }).regex(/[^Zz]$/),
      timeZone: z.string().min(1),
    }),
  ],
  'must be an instant such as 2026-09-21T09:00:00Z, or {"dateTime":"2026-09-21T09:00:00","timeZone":"UTC"}',
);

const date = z.iso.date();
const count = z.number().int().min(1);

const recurrence = z.strictObject({
  pattern: z.strictObject({
    type: z.enum(['daily', 'weekly']),
    interval: count.default(1),
    daysOfWeek: z.array(z.enum(WEEKDAYS)).optional(),
  }),
  range: z
    .strictObject({
      type: z.enum(['endDate', 'numbered', 'noEnd']),
      startDate: date,
      endDate: date.optional(),
      numberOfOccurrences: count.optional(),
    })
    .refine(({ type, endDate }) => type !== 'endDate' || endDate !== undefined, 'this type needs endDate')
    .refine(
      ({ type, numberOfOccurrences }) => type !== 'numbered' || numberOfOccurrences !== undefined,
      'this type needs numberOfOccurrences',
    ),
});

const parts = {
  subject: z.string().nullable().optional(),
  bodyPreview: z.string().optional(),
  isAllDay: z.boolean().optional(),
  showAs: z.enum(SHOW_AS).optional(),
  sensitivity: z.enum(SENSITIVITIES).optional(),
  categories: z.array(z.string()).optional(),
  location: z.strictObject({ displayName: z.string() }).optional(),
  isOnlineMeeting: z.boolean().optional(),
  isCancelled: z.boolean().optional(),
  isOrganizer: z.boolean().optional(),
  responseStatus: z.strictObject({ response: z.enum(RESPONSES) }).optional(),
};

export const newEventSchema: z.ZodType<NewEvent> = z.strictObject({
  ...parts,
  start: time,
  end: time,
  recurrence: recurrence.optional(),
  iCalUId: z.string().min(1).optional(),
});

export const eventEditSchema: z.ZodType<EventEdit> = z
  .strictObject({
    ...parts,
    start: time.optional(),
    end: time.optional(),
    recurrence: recurrence.nullable().optional(),
  })
  .refine((edit) => Object.keys(edit).length > 0, 'send at least one property to change');
