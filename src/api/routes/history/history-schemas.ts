import { z } from 'zod';
import { anyValue, instant } from '../../frame/schemas.js';

const written = z.enum([
  ...(['create', 'update', 'archive', 'restore', 'join', 'leave', 'link', 'remove'] as const),
  ...(['activity_create', 'activity_update', 'activity_cancel'] as const),
]);

const label = z.string().nullable().meta({ description: 'Name or address of the person as it is now.' });

/** One line of a run (CONTRACT section 4, sync now). */
export const runItem = z
  .object({
    person: z.string().meta({ description: 'Object id; the id of the record for people who have none.' }),
    label,
    kind: z.enum([...written.options, 'problem']),
    field: z.string().optional(),
    team: z.string().optional(),
    activity: z.string().optional(),
    before: anyValue,
    after: anyValue,
    why: z.string(),
    result: z.enum(['ok', 'warning', 'error']),
    code: z.string().optional(),
    message: z.string().optional(),
    remedy: z.string().optional(),
    isOpen: z.boolean().optional().meta({ description: 'Of a problem: it stands still.' }),
    at: instant.nullable(),
  })
  .meta({ id: 'RunItem' });

export const undone = z
  .object({
    undone: z.number().int().meta({ description: 'Entries of the ledger that were undone.' }),
    people: z.number().int(),
    left: z.number().int().meta({ description: 'Entries that were left as they are.' }),
    skipped: z
      .array(
        z.object({
          person: z.string().nullable(),
          label,
          kind: written,
          field: z.string().nullable(),
          team: z.string().nullable(),
          why: z.string(),
        }),
      )
      .meta({ description: 'The first of those that were left, each with why.' }),
  })
  .meta({ id: 'Undone' });

/** Who or what caused a write. */
const cause = z.object({
  by: z.enum([
    ...(['notification', 'catch_up', 'fan_out', 'look', 'recheck', 'run'] as const),
    ...(['person', 'undo'] as const),
  ]),
  who: z.string().optional(),
  reason: z.string().nullish(),
  runId: z.string().nullish(),
  traceId: z.string().nullish(),
  graphRequestId: z.string().nullish(),
});

export const ledgerEntry = z
  .object({
    id: z.string(),
    at: instant,
    user: z.string().meta({ description: 'Id of the record.' }),
    person: z.string().nullable().meta({ description: 'Object id in Entra.' }),
    label,
    kind: written,
    field: z.string().nullable(),
    team: z.string().nullable(),
    activityId: z.string().optional(),
    before: anyValue,
    after: anyValue,
    why: z.string(),
    taking: z.enum(['archive', 'team_removal', 'email_change', 'clear', 'cancellation']).nullable(),
    undoes: z.string().optional(),
    cause,
  })
  .meta({ id: 'LedgerEntry' });

export const settingsChange = z
  .object({
    id: z.string(),
    at: instant,
    who: z.string(),
    what: z.string().meta({ description: 'Such as settings.changed, mapping.added or connect.signed_in.' }),
    before: anyValue,
    after: anyValue,
  })
  .meta({ id: 'SettingsChange' });
