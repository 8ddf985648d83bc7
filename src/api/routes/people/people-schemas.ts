import { z } from 'zod';
import { anyValue, instant } from '../../frame/schemas.js';

const target = z.enum(['firstName', 'lastName', 'email', 'mobilePhone', 'country', 'timeZone']);
const status = z.enum(['invited', 'active', 'archived']);
const archivedReason = z.enum(['admin', 'sync_disabled', 'sync_deleted', 'sync_out_of_scope', 'support_merge']);
const text = z.string().nullable();

export const personStatus = status;

/** Of acts that have people read from Entra. */
export const NOTHING_IS_READ = {
  409: 'Nothing is read: the enterprise is not connected, is paused, or has Entra ID Users Sync off.',
};

/** A person in a list. */
export const personItem = z
  .object({
    id: z.string(),
    objectId: text.meta({ description: 'Object id in Entra; null: only GetHomeSafe knows the person.' }),
    status,
    email: text,
    firstName: text,
    lastName: text,
    teams: z.array(z.string()),
  })
  .meta({ id: 'PersonListItem' });

export const problem = z
  .object({
    id: z.string(),
    person: z.string().meta({ description: 'Object id in Entra.' }),
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    subject: text,
    message: z.string(),
    remedy: z.string(),
    openedAt: instant,
  })
  .meta({ id: 'PersonProblem' });

export const decision = z
  .object({
    id: z.string(),
    person: z.string(),
    subject: z.string(),
    value: z.string().meta({ description: 'Stands for the source value: give it along to decide on this one only.' }),
    verdict: z.enum(['held', 'approved', 'refused', 'declined', 'ignored', 'kept_apart']),
    by: z.string(),
    at: instant,
    until: instant.nullable(),
  })
  .meta({ id: 'Decision' });

const team = z.object({
  id: z.string(),
  name: text.meta({ description: 'null: the team does not exist any more.' }),
  reason: z.enum(['manual', 'mapping']),
  isLeader: z.boolean(),
  groups: z.array(z.string()).meta({ description: 'Mapped Entra groups through which the person is in the team.' }),
});

export const group = z.object({
  id: z.string(),
  name: text,
  state: z.enum(['ok', 'missing', 'hidden', 'unreadable']).nullable(),
  inEffect: z.boolean(),
  mappings: z.array(
    z.object({ id: z.string(), teamId: z.string(), teamName: text, organisationId: text, priority: z.number() }),
  ),
});

/** A person in full (CONTRACT section 4, people show). */
export const person = z
  .object({
    ...{ id: z.string(), objectId: text, status, archivedReason: archivedReason.nullable() },
    origin: z.enum(['manual', 'entra', 'other_integration']),
    isAccountAdmin: z.boolean(),
    ...{ email: text, firstName: text, lastName: text, mobilePhone: text, country: text, timeZone: text },
    organisation: z.string(),
    teams: z.array(team),
    effective: z
      .record(z.string(), anyValue)
      .meta({ description: 'Settings that the teams give, with their leaders.' }),
    problems: z.array(problem),
    decisions: z.array(decision),
  })
  .meta({ id: 'Person' });

export const fieldOfPerson = z.object({
  target,
  source: text,
  raw: text,
  isRead: z.boolean(),
  normalised: text,
  problem: text,
  value: text,
  origin: z.enum(['entra', 'typed']).nullable(),
});

/** An entry of the ledger as it is told to people. */
export const entry = z.object({
  id: z.string(),
  at: instant,
  kind: z.string(),
  field: text,
  team: text,
  activity: text,
  before: anyValue,
  after: anyValue,
  why: z.string(),
  cause: z.object({
    by: z.string(),
    who: z.string().optional(),
    reason: text.optional(),
    runId: text.optional(),
  }),
});

/** Why a person is as they are. */
export const personWhy = z
  .object({
    id: text,
    objectId: text,
    scope: z.string(),
    reading: z
      .object({
        state: z.enum(['unread', 'present', 'soft_deleted', 'absent']),
        readAt: instant.nullable(),
        attributes: z
          .object({
            accountEnabled: z.boolean(),
            userType: text,
            userPrincipalName: text,
            values: z.record(z.string(), text.optional()),
          })
          .nullable(),
        ripening: z.object({ since: instant, takings: z.array(z.string()) }).nullable(),
        wantedEmailKey: text,
      })
      .nullable(),
    groups: z.array(group),
    fields: z.array(fieldOfPerson),
    waitsFor: z.array(z.string()),
    notifications: z.object({ lastAt: instant.nullable() }),
    change: z
      .object({
        via: z.string(),
        openedAt: instant,
        dueAt: instant.nullable(),
        attempts: z.number(),
        parked: z.object({ code: z.string(), message: z.string() }).nullable().optional(),
      })
      .nullable(),
    record: z
      .object({ id: z.string(), status, archivedReason: archivedReason.nullable(), teams: z.array(team) })
      .nullable(),
    problems: z.array(problem),
    decisions: z.array(decision),
    ledger: z.array(entry),
  })
  .meta({ id: 'PersonWhy' });

export const undoneWrite = z.string().max(100).meta({
  description: 'Which write of the sync it is: given with the undo, nothing that was written since is undone instead.',
});

export const undoPreview = z.object({
  write: undoneWrite,
  steps: z.array(
    z.object({ kind: z.string(), field: text, team: text, activity: text, before: anyValue, after: anyValue }),
  ),
  skipped: z.array(z.object({ person: text, kind: z.string(), field: text, team: text, why: z.string() })),
  declined: z
    .array(z.string())
    .meta({ description: 'Subjects of which the value of Entra is declined until it changes.' }),
});

export const activity = z
  .object({
    id: z.string(),
    name: z.string(),
    type: text.meta({
      description: 'Activity type: the default of the organisation when it was made; null: made by hand.',
    }),
    status: z.string(),
    alert: text,
    start: instant.nullable(),
    finish: instant.nullable(),
    source: z.enum(['manual', 'entra_calendar']),
    destination: text,
  })
  .meta({ id: 'ActivityOfPerson' });
