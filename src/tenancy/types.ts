import type { SyncRules } from '../projection/types.js';

export interface EnterpriseRow {
  readonly _id: string;
  readonly name: string;
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
  readonly createdAt: Date;
}

export interface TeamRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly organisationId: string;
  readonly name: string;
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

export interface IntegrationSettings extends SyncRules, Schedule {
  /** "Entra ID Users Sync". */
  readonly usersSync: boolean;
  /** "Enable Team Sync": the automatic synchronisation. */
  readonly teamSync: boolean;
  readonly groupChanges: GroupChanges;
  readonly sendInvitations: boolean;
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
  readonly nextSyncAt: Date | null;
  readonly lastError: { readonly code: string; readonly message: string; readonly at: Date } | null;
  readonly pausedAt: Date | null;
}
