import { z } from 'zod';
import { EVENT_REASONS } from '../../../projection/calendar/types.js';
import { instant, listOf } from '../../frame/schemas.js';

/** Which events become activities (CONTRACT section 4, calendar preview). */
export const calendarRule = z
  .object({
    include: z.enum(['all_busy', 'category', 'keyword']),
    values: z.array(z.string()).meta({ description: 'Categories, or words of the subject; capitals do not matter.' }),
    showAs: z.array(z.string()),
    minMinutes: z.number(),
    maxMinutes: z.number(),
    private: z.boolean(),
    allDay: z.boolean(),
    online: z.enum(['any', 'only', 'never']),
  })
  .meta({ id: 'CalendarRule' });

/** What is left out is as by default; the rules of the settings themselves decide what is right. */
const ruleGiven = calendarRule.partial().strict().meta({ id: 'CalendarRuleGiven' });

export const organisationActivities = z.object({
  type: z.string().nullable().meta({ description: 'Default activity type; null: none, so that no activity is made.' }),
  needsApproval: z.boolean(),
});

/** Calendar Activities of an enterprise. */
export const calendarActivities = z
  .object({
    calendarSync: z.boolean(),
    calendarStaleHours: z.number().int(),
    rule: calendarRule,
    organisations: z.array(
      organisationActivities.extend({
        id: z.string(),
        name: z.string(),
        rule: calendarRule.nullable().meta({ description: 'An exception from the rule of the enterprise.' }),
      }),
    ),
    horizonDays: z.number().int().meta({ description: 'So far ahead calendars are read, by the frequency of syncs.' }),
    waitsForSync: z.boolean(),
    revision: z.number().int(),
  })
  .meta({ id: 'CalendarActivities' });

export const calendarPatch = z
  .strictObject({
    calendarSync: z.boolean(),
    calendarStaleHours: z.number(),
    rule: ruleGiven,
    exceptions: z.record(z.string(), ruleGiven.nullable()).meta({
      description: 'By organisation id; null: the rule of the enterprise again.',
    }),
  })
  .partial()
  .meta({ id: 'CalendarActivitiesPatch' });

export const previewGiven = z.strictObject({
  person: z.string().trim().min(1).max(320).meta({ description: 'Id, object id or e-mail address.' }),
  rule: ruleGiven.optional().meta({ description: 'To be tried instead of the saved one.' }),
  exceptions: z.record(z.string(), ruleGiven.nullable()).optional(),
});

/** What a person's calendar would become now. */
export const calendarPreview = z
  .object({
    scope: z.enum(['in', 'waits', 'not_a_person', 'out', 'off']),
    problem: z.string().nullable().meta({ description: 'Why the calendar cannot be read.' }),
    events: z.array(
      z.object({
        id: z.string(),
        activity: z.boolean(),
        start: instant,
        finish: instant,
        name: z.string(),
        reasons: z.array(z.enum(EVENT_REASONS)),
      }),
    ),
    problems: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
  })
  .meta({ id: 'CalendarPreview' });

/** One calendar and how it fares. */
export const calendar = z.object({
  objectId: z.string(),
  label: z.string().nullable(),
  state: z.enum(['unread', 'ok', 'no_mailbox', 'blocked', 'not_a_person']),
  verifiedAt: instant.nullable(),
  stale: z.boolean(),
  problem: z.string().nullable(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
});

export const calendarList = listOf(calendar).meta({ id: 'CalendarList' });
