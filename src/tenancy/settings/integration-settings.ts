import { z } from 'zod';
import { DAY_MS } from '../../kernel/clock.js';
import { sameValue } from '../../kernel/same-value.js';
import { DEFAULT_CALENDAR_RULE } from '../../projection/calendar/default-calendar-rule.js';
import type { CalendarRule } from '../../projection/calendar/types.js';
import { DEFAULT_FIELD_MAPPINGS } from '../../projection/default-field-mappings.js';
import { fieldMappingsPatch, withMappings } from '../../projection/rules/field-mappings.js';
import { nextInstant } from '../../projection/schedule.js';
import { checked, zoneSchema } from '../checked-input.js';
import type { IntegrationRow, IntegrationSettings } from '../types.js';
import { calendarRuleSchema } from './calendar-rule.js';

const toggle = z.boolean({ error: 'is neither on nor off: give true or false' });

function whole(least: number, most: number) {
  const error = `is no whole number from ${least} to ${most}`;
  return z.number({ error }).int(error).min(least, error).max(most, error);
}

function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `is not on offer: give ${values.join(' or ')}` });
}

const patchSchema = z
  .strictObject({
    usersSync: toggle,
    calendarSync: toggle,
    calendarStaleHours: whole(1, 24 * 31),
    calendarRule: calendarRuleSchema,
    calendarRules: z.record(z.string().min(1), calendarRuleSchema.nullable()),
    teamSync: toggle,
    groupChanges: choice(['as_they_happen', 'next_sync']),
    sendInvitations: toggle,
    sendAddressNotices: toggle,
    frequency: choice(['daily', 'weekly', 'monthly']),
    dayOfWeek: whole(0, 6),
    dayOfMonth: whole(1, 31),
    time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day: give HH:MM, 24 hours, such as 02:30'),
    zone: zoneSchema,
    fields: fieldMappingsPatch,
    onLeaveAllGroups: choice(['keep', 'archive']),
    onDisabledOrDeleted: choice(['archive', 'keep']),
    includeGuests: toggle,
    removalBrakePercent: whole(1, 100),
    startWithTeam: z.string().min(1, 'is empty: give the id of a team, or null for all').nullable(),
  })
  .partial();

/** A nightly reading and half a day. Our choice. */
export const CALENDAR_STALE_HOURS = 36;

/** Settings as somebody may change them; mappings have commands of their own. */
export type SettingsPatch = z.input<typeof patchSchema>;

/** What an enterprise begins with: everything off, so that nothing is read before somebody wants it. */
export function defaultSettings(zone: string): IntegrationSettings {
  return {
    usersSync: false,
    teamSync: false,
    calendarSync: true,
    calendarRule: DEFAULT_CALENDAR_RULE,
    calendarStaleHours: CALENDAR_STALE_HOURS,
    groupChanges: 'as_they_happen',
    sendInvitations: false,
    sendAddressNotices: false,
    frequency: 'daily',
    dayOfWeek: 0,
    dayOfMonth: 1,
    // Outside core business hours (S17), and after the hours that summer time skips or repeats.
    time: '04:00',
    zone,
    fields: DEFAULT_FIELD_MAPPINGS,
    mappings: [],
    onLeaveAllGroups: 'keep',
    onDisabledOrDeleted: 'archive',
    includeGuests: false,
    removalBrakePercent: 25,
    startWithTeam: null,
  };
}

/** The settings as a run uses them: while an administrator starts with one team, its mappings are the only ones. */
export function settingsInEffect(settings: IntegrationSettings): IntegrationSettings {
  const { startWithTeam, mappings } = settings;
  if (!startWithTeam) return settings;
  return { ...settings, mappings: mappings.filter(({ teamId }) => teamId === startWithTeam) };
}

/** For the audit log: the team to start with, where a change took it away together with its mappings. */
export function startCleared(was: IntegrationSettings, is: IntegrationSettings) {
  if (!was.startWithTeam || is.startWithTeam) return {};
  return { before: { startWithTeam: was.startWithTeam }, after: { startWithTeam: null } };
}

export interface Patched {
  readonly settings: IntegrationSettings;
  /** Only what differs. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly zoneChosen: boolean;
}

/** The settings with a patch applied, or null where it changes nothing; an `AppError` where the patch is wrong. */
export function patchSettings(settings: IntegrationSettings, patch: unknown): Patched | null {
  const { fields, calendarRules, ...plain } = checked(patchSchema, withoutUndefined(patch));
  const rest = { ...plain, ...(calendarRules ? { calendarRules: withRules(settings, calendarRules) } : {}) };
  const wanted = new Map<string, unknown>(Object.entries({ ...rest, ...prefixed('fields.', fields ?? {}) }));
  const current = new Map<string, unknown>(Object.entries({ ...settings, ...prefixed('fields.', settings.fields) }));
  const changed = [...wanted].filter(([name, value]) => !sameValue(value, current.get(name)));
  if (changed.length === 0) return null;
  return {
    settings: Object.assign({}, settings, rest, { fields: withMappings(settings.fields, fields ?? {}) }),
    before: Object.fromEntries(changed.map(([name]) => [name, current.get(name)])),
    after: Object.fromEntries(changed),
    zoneChosen: rest.zone !== undefined,
  };
}

/** Exceptions of organisations; null takes one away. */
function withRules(
  { calendarRules = {} }: IntegrationSettings,
  patch: Readonly<Record<string, CalendarRule | null>>,
): Record<string, CalendarRule> {
  const kept = Object.entries(calendarRules).filter(([id]) => patch[id] === undefined);
  const given = Object.entries(patch).flatMap(([id, rule]) => (rule === null ? [] : [[id, rule] as const]));
  return Object.fromEntries([...kept, ...given]);
}

/**
 * The row with Next Sync as its settings, connection and pause want it now (S19). Kept where none of these changed,
 * because a due instant that nobody has taken yet must not be lost to an unrelated edit.
 */
export function withNextSync(row: IntegrationRow, before: IntegrationRow, now: Date): IntegrationRow {
  if (scheduleOf(row) === scheduleOf(before)) return row;
  return { ...row, nextSyncAt: isScheduled(row) ? nextInstant(row.settings, now) : null };
}

function scheduleOf(row: IntegrationRow): string {
  const { frequency, dayOfWeek, dayOfMonth, time, zone } = row.settings;
  return isScheduled(row) ? [frequency, dayOfWeek, dayOfMonth, time, zone].join() : '';
}

/** Users Sync, Team Sync and a connected tenant that is not paused: due runs happen (table in the help article). */
function isScheduled(row: IntegrationRow): boolean {
  const isConnected = row.connection === 'connected' || row.connection === 'error';
  return isConnected && isSyncOn(row) && row.settings.teamSync;
}

/** Users Sync is on and not paused: otherwise the sync writes nothing. */
export function isSyncOn({ settings, pausedAt }: Pick<IntegrationRow, 'settings' | 'pausedAt'>): boolean {
  return settings.usersSync && !pausedAt;
}

function prefixed(prefix: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

/** A key that is there without a value stands for one that is not there. */
function withoutUndefined(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === 'fields' ? withoutUndefined(value) : value]),
  );
}

/** So long after Users Sync was switched off Graph goes on telling us: switched on again, nothing has to be read anew. */
const LISTENS_ON_MS = DAY_MS;

/** Whether Graph is to tell us what changes. */
export function isListening({ settings, usersSyncOffAt }: IntegrationRow, now: Date): boolean {
  if (settings.usersSync) return true;
  return usersSyncOffAt != null && now.getTime() - usersSyncOffAt.getTime() < LISTENS_ON_MS;
}
