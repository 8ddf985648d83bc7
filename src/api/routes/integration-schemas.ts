import { z } from 'zod';
import { instant } from '../frame/schemas.js';

export const connection = z.enum(['not_connected', 'awaiting_proof', 'awaiting_consent', 'connected', 'error']);
export const frequency = z.enum(['daily', 'weekly', 'monthly']);

/** How the connection stands (CONTRACT section 4, integration status), with the settings as saved. */
export const integration = z
  .object({
    connection,
    tenantId: z.string().nullable(),
    usersSync: z.boolean().meta({ description: 'Entra ID Users Sync' }),
    teamSync: z.boolean().meta({ description: 'Enable Team Sync' }),
    calendarSync: z.boolean(),
    calendarStaleHours: z.number().int(),
    groupChanges: z.enum(['as_they_happen', 'next_sync']),
    frequency,
    dayOfWeek: z.number().int().meta({ description: '0 is Sunday; used by weekly.' }),
    dayOfMonth: z.number().int().meta({ description: "1 to 31, the month's last day where there is none." }),
    time: z.string().meta({ description: 'HH:MM in `zone`.' }),
    zone: z.string(),
    sendInvitations: z.boolean(),
    sendAddressNotices: z.boolean(),
    onLeaveAllGroups: z.enum(['keep', 'archive']),
    onDisabledOrDeleted: z.enum(['archive', 'keep']),
    includeGuests: z.boolean(),
    removalBrakePercent: z.number().int(),
    startWithTeam: z.string().nullable(),
    lastSyncAt: instant.nullable(),
    nextSyncAt: instant.nullable(),
    lastError: z.object({ code: z.string(), message: z.string(), at: instant }).nullable(),
    verifiedUntil: z.object({
      users: instant.nullable(),
      groups: instant.nullable(),
      calendars: instant.nullable(),
    }),
    staleCalendars: z.number().int(),
    held: z.number().int(),
    problems: z.number().int(),
    oldestChangeMs: z.number().nullable(),
    paused: z.boolean(),
    revision: z.number().int(),
    waitsForSync: z.boolean().meta({ description: 'Settings were saved that apply with the next sync only.' }),
  })
  .meta({ id: 'Integration' });

/** What may be changed; the rules of the settings themselves decide what is right. */
export const settingsPatch = z
  .strictObject({
    usersSync: z.boolean(),
    teamSync: z.boolean(),
    calendarSync: z.boolean(),
    calendarStaleHours: z.number(),
    groupChanges: z.enum(['as_they_happen', 'next_sync']),
    frequency,
    dayOfWeek: z.number(),
    dayOfMonth: z.number(),
    time: z.string(),
    zone: z.string(),
    sendInvitations: z.boolean(),
    sendAddressNotices: z.boolean(),
    onLeaveAllGroups: z.enum(['keep', 'archive']),
    onDisabledOrDeleted: z.enum(['archive', 'keep']),
    includeGuests: z.boolean(),
    removalBrakePercent: z.number(),
    startWithTeam: z.string().nullable(),
  })
  .partial()
  .meta({ id: 'SettingsPatch' });
