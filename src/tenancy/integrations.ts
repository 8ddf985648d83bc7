import type { ClientSession } from 'mongodb';
import { MINUTE_MS } from '../kernel/clock.js';
import { isDuplicateKey } from '../store/transaction.js';
import { changeIntegration, readIntegration } from './change-integration.js';
import { CALENDAR_STALE_HOURS, startCleared } from './settings/integration-settings.js';
import { audit, type TenantDeps } from './tenancy-deps.js';
import {
  provedTenant,
  refuseForeign,
  type TenantChange,
  tenantBefore,
  tenantChangeOf,
  tenantTaken,
  unconfirmed,
} from './tenant-change.js';
import { tenantIdFrom } from './tenant-id.js';
import { type Connection, INTEGRATIONS, type IntegrationRow } from './types.js';

/**
 * How long a tenant id that somebody entered keeps others from entering it while nobody has proved it. A tenant id is
 * no secret, so that an unproven one must not shut its owner out for good.
 */
export const UNPROVEN_CLAIM_MS = 15 * MINUTE_MS;

export interface WantedTenant {
  /** The Tenant GUID as somebody typed it. */
  readonly tenantText: string;
  readonly by: string;
  /** Somebody has been told what another tenant ends, and wants it. */
  readonly changeTenant?: boolean;
  /** Of the tenant before; kept where it is left out. */
  readonly calendarActivities?: CalendarActivitiesFate | undefined;
}

/** The part of `integration status` that tenancy knows (CONTRACT section 4), and what the page shows beside it. */
export interface IntegrationStatus {
  readonly connection: Connection;
  readonly tenantId: string | null;
  readonly usersSync: boolean;
  readonly teamSync: boolean;
  readonly groupChanges: IntegrationRow['settings']['groupChanges'];
  readonly frequency: IntegrationRow['settings']['frequency'];
  readonly dayOfWeek: number;
  readonly dayOfMonth: number;
  readonly time: string;
  readonly zone: string;
  readonly lastSyncAt: Date | null;
  readonly nextSyncAt: Date | null;
  readonly lastError: IntegrationRow['lastError'];
  readonly paused: boolean;
  /** The other settings, as saved. */
  readonly startWithTeam: string | null;
  readonly onLeaveAllGroups: IntegrationRow['settings']['onLeaveAllGroups'];
  readonly onDisabledOrDeleted: IntegrationRow['settings']['onDisabledOrDeleted'];
  readonly includeGuests: boolean;
  readonly removalBrakePercent: number;
  readonly sendInvitations: boolean;
  readonly sendAddressNotices: boolean;
  readonly calendarSync: boolean;
  readonly calendarStaleHours: number;
  readonly revision: number;
  /** Settings were saved that apply with the next sync only (law L14). */
  readonly waitsForSync: boolean;
}

/** What becomes of activities from calendars that have not begun when the tenant is left for none or another (domain 4.5). */
export type CalendarActivitiesFate = 'keep' | 'cancel';

/** The integration of an enterprise: its tenant, pause and end. */
export interface Integrations {
  getIntegration(enterpriseId: string): Promise<IntegrationRow>;
  ofTenant(tenantId: string): Promise<IntegrationRow | null>;
  /** Those whose tenants are worked on, in error too, because only trying ends an error; paused ones included. */
  connectedIntegrations(): Promise<IntegrationRow[]>;
  status(enterpriseId: string): Promise<IntegrationStatus>;
  /**
   * Enters the Tenant GUID. The same one changes nothing; another one ends the connection and clears the mappings,
   * whose group ids belong to the tenant before: that is refused until it is confirmed (E77).
   */
  setTenant(enterpriseId: string, wanted: WantedTenant): Promise<IntegrationRow>;
  /** What entering this Tenant GUID would end, to be told before; null: nothing. */
  tenantChange(enterpriseId: string, tenantText: string): Promise<TenantChange | null>;
  /**
   * Stops everything; people, teams, mappings and history stay (E78). What came from calendars and has not begun stays
   * too, unless it is to be cancelled: that is noted on the row, and `LeaveTenant` does it.
   */
  disconnect(enterpriseId: string, by: string, calendarActivities?: CalendarActivitiesFate): Promise<IntegrationRow>;
  pause(enterpriseId: string, by: string): Promise<IntegrationRow>;
  resume(enterpriseId: string, by: string): Promise<IntegrationRow>;
}

export function createIntegrations(deps: TenantDeps): Integrations {
  const integrations = deps.store.collection<IntegrationRow>(INTEGRATIONS);

  return {
    getIntegration: (enterpriseId) => readIntegration(deps, enterpriseId),
    ofTenant: (tenantId) => integrations.findOne({ tenantId }),
    connectedIntegrations: () => integrations.find({ connection: { $in: ['connected', 'error'] } }).toArray(),
    status: async (enterpriseId) => statusOf(await readIntegration(deps, enterpriseId)),
    setTenant,
    tenantChange: async (enterpriseId, tenantText) =>
      tenantChangeOf(await readIntegration(deps, enterpriseId), tenantIdFrom(tenantText)),
    disconnect,
    pause: (enterpriseId, by) => setPause(enterpriseId, by, true),
    resume: (enterpriseId, by) => setPause(enterpriseId, by, false),
  };

  async function setTenant(enterpriseId: string, wanted: WantedTenant): Promise<IntegrationRow> {
    const { by, calendarActivities = 'keep' } = wanted;
    const tenantId = tenantIdFrom(wanted.tenantText);
    try {
      return await changeIntegration(deps, {
        enterpriseId,
        by,
        decide: async (row, session) => {
          if (row.tenantId === tenantId) return null;
          const change = tenantChangeOf(row, tenantId);
          if (change && !wanted.changeTenant) throw unconfirmed(change);
          await releaseClaim(session, { tenantId, enterpriseId });
          await refuseForeign(deps, { tenantId, enterpriseId }, session);
          const end = calendarActivities === 'cancel' ? { who: by, at: deps.clock.now() } : null;
          const next = withTenant(row, { tenantId, end, now: deps.clock.now() });
          const mappingsCleared = row.settings.mappings.length - next.settings.mappings.length;
          const start = startCleared(row.settings, next.settings);
          const [before, after] = [
            { tenantId: row.tenantId, ...start.before },
            { tenantId, mappingsCleared, ...(change && { calendarActivities }) },
          ];
          return { next, what: 'tenant.entered', before, after: { ...after, ...start.after } };
        },
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw tenantTaken();
      throw error;
    }
  }

  /** Takes the tenant from another enterprise that has not proved it in time; refuses where it has. */
  async function releaseClaim(session: ClientSession, claim: { tenantId: string; enterpriseId: string }) {
    const holder = await integrations.findOne({ tenantId: claim.tenantId }, { session });
    if (holder === null || holder._id === claim.enterpriseId) return;
    const claimedAtMs = holder.claimedAt?.getTime() ?? 0;
    if (holder.proof !== null || claimedAtMs + UNPROVEN_CLAIM_MS > deps.clock.nowMs()) throw tenantTaken();
    await integrations.replaceOne({ _id: holder._id }, withoutTenant(holder), { session });
    const entry = { enterpriseId: holder._id, who: 'service', what: 'tenant.claim_lapsed' };
    await audit(deps, session, { ...entry, before: { tenantId: claim.tenantId }, after: { tenantId: null } });
  }

  async function disconnect(
    enterpriseId: string,
    by: string,
    calendarActivities: CalendarActivitiesFate = 'keep',
  ): Promise<IntegrationRow> {
    const row = await changeIntegration(deps, {
      enterpriseId,
      by,
      decide: (current) => {
        if (current.tenantId === null) return null;
        const before = { tenantId: current.tenantId, connection: current.connection };
        const activitiesEnd = calendarActivities === 'cancel' ? { who: by, at: deps.clock.now() } : null;
        const next = { ...withoutTenant(current), activitiesEnd };
        return { next, what: 'connect.disconnected', before, after: { tenantId: null, calendarActivities } };
      },
    });
    deps.log.info({ event: 'integration.disconnected', enterpriseId }, 'tenant disconnected');
    return row;
  }

  async function setPause(enterpriseId: string, by: string, paused: boolean): Promise<IntegrationRow> {
    return changeIntegration(deps, {
      enterpriseId,
      by,
      decide: (row) => {
        if ((row.pausedAt !== null) === paused) return null;
        const next = { ...row, pausedAt: paused ? deps.clock.now() : null };
        const what = paused ? 'sync.paused' : 'sync.resumed';
        return { next, what, before: { pausedAt: row.pausedAt }, after: { pausedAt: next.pausedAt } };
      },
    });
  }
}

function withTenant(
  row: IntegrationRow,
  { tenantId, end, now }: { tenantId: string; end: NonNullable<IntegrationRow['activitiesEnd']> | null; now: Date },
): IntegrationRow {
  const before = tenantBefore(row);
  const isNew = before !== null && before !== tenantId;
  return {
    ...withoutTenant(row),
    tenantId,
    formerTenantId: before,
    connection: 'awaiting_proof',
    claimedAt: now,
    settings: isNew ? { ...row.settings, mappings: [], startWithTeam: null } : row.settings,
    revision: row.revision + 1,
    lastSyncAt: isNew ? null : row.lastSyncAt,
    firstSyncAt: isNew ? null : (row.firstSyncAt ?? null),
    // What was chosen before is still to be done, unless its tenant comes back.
    activitiesEnd: isNew ? (end ?? row.activitiesEnd ?? null) : null,
  };
}

function withoutTenant(row: IntegrationRow): IntegrationRow {
  return {
    ...row,
    tenantId: null,
    formerTenantId: tenantBefore(row),
    lastProvedTenantId: provedTenant(row),
    connection: 'not_connected',
    proof: null,
    claimedAt: null,
    // Out of scope until the next run begins (law L14).
    inEffect: null,
    nextSyncAt: null,
    lastError: null,
    activitiesEnd: null,
  };
}

function statusOf(row: IntegrationRow): IntegrationStatus {
  const { usersSync, teamSync, groupChanges, frequency, dayOfWeek, dayOfMonth, time, zone } = row.settings;
  const { connection, tenantId, lastSyncAt, nextSyncAt, lastError, revision } = row;
  return {
    ...{ connection, tenantId, usersSync, teamSync, groupChanges, frequency, dayOfWeek, dayOfMonth, time, zone },
    ...{ lastSyncAt, nextSyncAt, lastError, paused: row.pausedAt !== null, revision },
    ...lessUsedSettings(row),
    waitsForSync: row.inEffect?.revision !== revision,
  };
}

function lessUsedSettings({ settings }: IntegrationRow) {
  const { startWithTeam = null, onLeaveAllGroups, onDisabledOrDeleted, includeGuests } = settings;
  const { removalBrakePercent, sendInvitations, sendAddressNotices } = settings;
  const { calendarSync = false, calendarStaleHours = CALENDAR_STALE_HOURS } = settings;
  return {
    ...{ startWithTeam, onLeaveAllGroups, onDisabledOrDeleted, includeGuests },
    ...{ removalBrakePercent, sendInvitations, sendAddressNotices, calendarSync, calendarStaleHours },
  };
}
