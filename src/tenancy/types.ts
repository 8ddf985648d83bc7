import type { CalendarRule } from '../projection/calendar/types.js';
import type { SyncRules, TeamMapping } from '../projection/types.js';
import { AUDIT_LOG, type AuditRow } from '../store/audit-log.js';

export interface EnterpriseRow {
  readonly _id: string;
  readonly name: string;
  /** The name as it is compared: unique over all enterprises. */
  readonly nameKey?: string;
  readonly createdAt: Date;
}

export interface OrganisationRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly name: string;
  /** IANA time zone. */
  readonly zone: string;
  /** ISO 3166-1 alpha-2, or null. */
  readonly country: string | null;
  /** How calendars become activities here; absent: an ordinary calendar activity that needs nobody's approval. */
  readonly calendarActivities?: {
    /** Default activity type; null: none, so that no activity can be made (E57). */
    readonly type: string | null;
    readonly needsApproval: boolean;
  };
  /** The name as it is compared: unique inside the enterprise. */
  readonly nameKey?: string;
  readonly createdAt: Date;
}

export interface TeamRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly organisationId: string;
  readonly name: string;
  /** The name as it is compared: unique inside the organisation. */
  readonly nameKey?: string;
  /** Team settings are looked up when read; nothing of them is copied to people. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export type Connection = 'not_connected' | 'awaiting_proof' | 'awaiting_consent' | 'connected' | 'error';
export type Frequency = 'daily' | 'weekly' | 'monthly';
export type GroupChanges = 'as_they_happen' | 'next_sync';

export interface Schedule {
  readonly frequency: Frequency;
  /** 0 is Sunday; used by weekly. */
  readonly dayOfWeek: number;
  /** 1 to 31; used by monthly; clamps to the month's last day. */
  readonly dayOfMonth: number;
  /** HH:MM, 24 hours. */
  readonly time: string;
  /** IANA time zone. */
  readonly zone: string;
}

/** One Entra group feeds one team. */
export interface MappingRow extends TeamMapping {
  /** The group's name when it was mapped, for the page; the id is what counts. */
  readonly groupName?: string | null;
  readonly createdBy?: string;
}

export interface IntegrationSettings extends SyncRules, Schedule {
  readonly mappings: readonly MappingRow[];
  /** "Entra ID Users Sync". */
  readonly usersSync: boolean;
  /** "Enable Team Sync": the automatic synchronisation. */
  readonly teamSync: boolean;
  readonly groupChanges: GroupChanges;
  /** Office 365 calendars become scheduled activities; absent in settings from before there were calendars: off. */
  readonly calendarSync?: boolean;
  /** Which events become activities; absent: the rule of DEFAULT_CALENDAR_RULE. */
  readonly calendarRule?: CalendarRule;
  /** Exceptions, by organisation id. */
  readonly calendarRules?: Readonly<Record<string, CalendarRule>>;
  /** A calendar that could not be verified for so many hours is listed as stale. */
  readonly calendarStaleHours?: number;
  /** People whom the sync adds from now on get an invitation (E20). */
  readonly sendInvitations: boolean;
  /** Before the first run: begin with the mappings of this team alone, until the choice is taken back. */
  readonly startWithTeam?: string | null;
  /** The person and the account administrators are told when the sync changes a sign-in address (E23). */
  readonly sendAddressNotices: boolean;
}

/** One per enterprise; `_id` is the enterprise's id. */
export interface IntegrationRow {
  readonly _id: string;
  /** Lower-case GUID; unique over all enterprises. */
  readonly tenantId: string | null;
  readonly connection: Connection;
  readonly proof:
    | { readonly by: 'sign_in'; readonly at: Date; readonly objectId: string }
    | { readonly by: 'attestation'; readonly at: Date; readonly reason: string }
    | null;
  readonly settings: IntegrationSettings;
  /** Raised by every change of settings. */
  readonly revision: number;
  /** Settings of the last run that began: notifications between runs follow these (law L14); null before the first. */
  readonly inEffect: { readonly revision: number; readonly settings: IntegrationSettings } | null;
  readonly lastSyncAt: Date | null;
  /** When the first run of this tenant completed: what it gave is the base of the guard's judgement (law L12). */
  readonly firstSyncAt?: Date | null;
  readonly nextSyncAt: Date | null;
  readonly lastError: {
    readonly code: string;
    readonly message: string;
    readonly at: Date;
  } | null;
  readonly pausedAt: Date | null;
  /** When Users Sync was switched off; absent or null while it is on, or never was. */
  readonly usersSyncOffAt?: Date | null;
  /** When `tenantId` was entered: a claim that nobody proves gives way after a while. */
  readonly claimedAt?: Date | null;
  /** The tenant that was entered before: its group ids are what the mappings are about while `tenantId` is null. */
  readonly formerTenantId?: string | null;
  /** The tenant that was proved last, while `tenantId` has no proof: its account administrators are let in (decision 25). */
  readonly lastProvedTenantId?: string | null;
  /** Chosen when the tenant was disconnected or changed, until it is done: what came from calendars and has not begun is cancelled. */
  readonly activitiesEnd?: { readonly who: string; readonly at: Date } | null;
  /** Somebody chose the schedule's time zone; until then it follows the first organisation (E61). */
  readonly zoneChosen?: boolean;
}

/** What a person or the service itself did to an enterprise's set-up. */
export type SettingsChangeRow = AuditRow;

export const ENTERPRISES = 'enterprises';
export const ORGANISATIONS = 'organisations';
export const TEAMS = 'teams';
export const INTEGRATIONS = 'integrations';
export const SETTINGS_CHANGES = AUDIT_LOG;
export const CONNECT_ATTEMPTS = 'connectAttempts';
