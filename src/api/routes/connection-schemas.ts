import { z } from 'zod';
import { instant, wholeNumber } from '../frame/schemas.js';
import { frequency, integration } from './integration-schemas.js';
import { run } from './run-routes.js';

/** What stands in the way of something, for programs and in words. */
const obstacle = z.object({ code: z.string(), message: z.string() });

export const consent = z
  .object({
    url: z
      .string()
      .nullable()
      .meta({ description: 'Where an administrator of the tenant consents; null until the tenant is proved.' }),
    permissions: z.array(
      z.object({
        name: z.string(),
        serves: z.string(),
        optional: z.boolean().meta({ description: 'Everything else works without it.' }),
      }),
    ),
  })
  .meta({ id: 'Consent' });

export const checkedConnection = z.object({
  integration,
  admitted: z.boolean().meta({ description: 'The tenant lets us read it.' }),
  obstacle: obstacle.nullable(),
});

export const tenantChange = z
  .object({
    ...{ from: z.string(), to: z.string(), mappingsCleared: z.number().int(), message: z.string() },
    calendarActivities: z.number().int().meta({ description: 'Activities from calendars that have not begun.' }),
  })
  .meta({ id: 'TenantChange' });

/** A schedule as somebody is about to save it. */
export const scheduleQuery = z.strictObject({
  frequency,
  dayOfWeek: wholeNumber(0, 6).optional(),
  dayOfMonth: wholeNumber(1, 31).optional(),
  time: z.string().meta({ description: 'HH:MM, 24 hours' }),
  zone: z.string().meta({ description: 'IANA time zone' }),
  count: wholeNumber(1, 50).optional().meta({ description: '5 where it is left out.' }),
});

export const schedulePreview = z.object({ runs: z.array(instant) });

/** What Sync Now shows: whether it can start, what is under way, and how the last one ended. */
export const syncState = z
  .object({
    obstacle: obstacle.nullable().meta({ description: 'Why no sync can start now.' }),
    open: run.nullable().meta({ description: 'The sync that is queued or under way.' }),
    last: run.nullable().meta({ description: 'The sync that ended last.' }),
    people: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'How many people the last completed sync saw: what the next one has to look at, about.' }),
  })
  .meta({ id: 'SyncState' });

export const examination = z
  .object({
    at: instant,
    ok: z.boolean(),
    checks: z.array(
      z.object({
        id: z.string(),
        ok: z.boolean(),
        title: z.string(),
        serves: z.string().meta({ description: 'What does not work without it.' }),
        detail: z.string().meta({ description: 'What was found, and what to do where it is not in order.' }),
        mend: z
          .enum(['connect', 'consent', 'team_mappings', 'sync_now'])
          .nullable()
          .meta({ description: 'Where it is mended; null: by the operators of GetHomeSafe.' }),
      }),
    ),
  })
  .meta({ id: 'Examination' });
