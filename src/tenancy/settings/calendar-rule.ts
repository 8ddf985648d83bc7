import { z } from 'zod';
import { DEFAULT_CALENDAR_RULE } from '../../projection/calendar/default-calendar-rule.js';
import type { CalendarRule } from '../../projection/calendar/types.js';

/** Most categories or keywords of a rule, and how long each may be, in characters: our own limits. */
const VALUES_MOST = 50;
const VALUE_MAX_LENGTH = 100;
/** Longest event that a limit may allow, in minutes: 62 days, as far as any calendar is read ahead (E54). */
const MINUTES_MOST = 62 * 24 * 60;

/** What Graph says an event is shown as. */
const SHOW_AS = ['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown'] as const;

const DEFAULT = DEFAULT_CALENDAR_RULE;

const toggle = z.boolean({ error: 'is neither on nor off: give true or false' });

const values = z
  .array(
    z
      .string({ error: 'is no text' })
      .transform((text) => text.normalize('NFC').replace(/\s+/gu, ' ').trim())
      .refine((text) => text !== '', 'is empty: give a category or a keyword')
      .refine((text) => [...text].length <= VALUE_MAX_LENGTH, `is too long: at most ${VALUE_MAX_LENGTH} characters`),
    { error: 'is no list: give categories or keywords' },
  )
  .max(VALUES_MOST, `has too many entries: at most ${VALUES_MOST}`);

const showAs = z
  .array(z.enum(SHOW_AS, { error: `is not on offer: give one of ${SHOW_AS.join(', ')}` }), {
    error: `is no list: give some of ${SHOW_AS.join(', ')}`,
  })
  .min(1, `is empty: give at least one of ${SHOW_AS.join(', ')}`);

/** A calendar rule as somebody may give it: what is left out is as by default (E43). */
export const calendarRuleSchema = z
  .strictObject({
    include: choice(['all_busy', 'category', 'keyword']).default(DEFAULT.include),
    values: values.default([...DEFAULT.values]),
    showAs: showAs.default(() => showAs.parse(DEFAULT.showAs)),
    minMinutes: minutes().default(DEFAULT.minMinutes),
    maxMinutes: minutes().default(DEFAULT.maxMinutes),
    private: toggle.default(DEFAULT.private),
    allDay: toggle.default(DEFAULT.allDay),
    online: choice(['any', 'only', 'never']).default(DEFAULT.online),
  })
  .superRefine((rule, context) => {
    const complain = (field: keyof CalendarRule, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (rule.minMinutes > rule.maxMinutes) {
      complain('minMinutes', `is more than maxMinutes (${rule.maxMinutes}): no event could be both`);
    }
    if (rule.include !== 'all_busy' && rule.values.length === 0) {
      complain('values', `is empty: give at least one ${rule.include} that an event must have`);
    }
  }) satisfies z.ZodType<CalendarRule>;

function minutes() {
  const error = `is no whole number from 0 to ${MINUTES_MOST}`;
  return z.number({ error }).int(error).min(0, error).max(MINUTES_MOST, error);
}

function choice<const T extends readonly [string, ...string[]]>(offered: T) {
  return z.enum(offered, { error: `is not on offer: give ${offered.join(' or ')}` });
}
