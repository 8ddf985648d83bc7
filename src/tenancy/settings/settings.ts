import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { changeIntegration } from '../change-integration.js';
import { noOrganisation } from '../structure/find-organisation.js';
import type { TenantDeps } from '../tenancy-deps.js';
import {
  type IntegrationRow,
  ORGANISATIONS,
  type OrganisationRow,
  SETTINGS_CHANGES,
  type SettingsChangeRow,
} from '../types.js';
import { patchSettings, type SettingsPatch } from './integration-settings.js';

/** The integration's settings. Every change raises the revision and applies with the next run (law L14). */
export interface Settings {
  /** With `revision`, only if nobody changed them since that was read. Next Sync follows at once. */
  setSettings(
    enterpriseId: string,
    patch: SettingsPatch,
    options: { readonly by: string; readonly revision?: number },
  ): Promise<IntegrationRow>;
  /** The audit log, newest first. */
  listChanges(enterpriseId: string, options?: { readonly limit?: number }): Promise<SettingsChangeRow[]>;
}

/** Entries of the audit log that are listed unless told. */
const CHANGES_LISTED = 100;

/** Why the settings cannot be edited yet, or null (S12). */
export function settingsLock(row: IntegrationRow): string | null {
  return row.tenantId === null ? 'Connect your Tenant GUID first: the settings become available then.' : null;
}

export function requireUnlocked(row: IntegrationRow): void {
  const reason = settingsLock(row);
  if (reason !== null) throw new AppError('not_connected', reason, { status: 409 });
}

export function createSettings(deps: TenantDeps): Settings {
  return { setSettings, listChanges };

  async function setSettings(
    enterpriseId: string,
    patch: SettingsPatch,
    options: { by: string; revision?: number },
  ): Promise<IntegrationRow> {
    const row = await changeIntegration(deps, {
      enterpriseId,
      by: options.by,
      decide: async (current, session) => {
        const patched = patchSettings(current.settings, patch);
        requireUnlocked(current);
        requireRevision(current, options.revision);
        if (patched === null) return null;
        await requireOrganisations(deps, { enterpriseId, rules: patch.calendarRules }, session);
        await requireStart(deps, { row: current, teamId: patched.after['startWithTeam'] }, session);
        const { settings, before, after } = patched;
        const zoneChosen = current.zoneChosen || patched.zoneChosen;
        const usersSyncOffAt = offSince(current, settings.usersSync, deps.clock.now());
        const next = { ...current, settings, usersSyncOffAt, zoneChosen, revision: current.revision + 1 };
        return { next, what: 'settings.changed', before, after };
      },
    });
    deps.log.info({ event: 'settings.saved', enterpriseId, revision: row.revision }, 'settings saved');
    return row;
  }

  async function listChanges(enterpriseId: string, options: { limit?: number } = {}): Promise<SettingsChangeRow[]> {
    return deps.store
      .collection<SettingsChangeRow>(SETTINGS_CHANGES)
      .find({ enterpriseId })
      .sort({ at: -1 })
      .limit(options.limit ?? CHANGES_LISTED)
      .toArray();
  }
}

/**
 * One team can be started with before anything has run; afterwards the other teams' people would lose theirs. A run
 * that did not complete, or one before the tenant was connected anew, shows in the people whom it left only.
 */
async function requireStart(
  { tenantLinks }: TenantDeps,
  { row, teamId }: { row: IntegrationRow; teamId: unknown },
  session: ClientSession,
): Promise<void> {
  if (typeof teamId !== 'string') return;
  const refuse = (code: string, text: string) => new AppError(code, text, { status: 409, field: 'startWithTeam' });
  if (await hasStarted(tenantLinks, row, session))
    throw refuse('already_started', 'A sync has run already: starting with one team is for the first one.');
  if (!row.settings.mappings.some((mapping) => mapping.teamId === teamId))
    throw refuse('team_not_mapped', `No group is mapped to team ${teamId}: map one in Team Mappings first.`);
}

/** Whether a sync has brought anybody of the tenant in, or completed. */
export async function hasStarted(
  tenantLinks: TenantDeps['tenantLinks'],
  { _id: enterpriseId, tenantId, inEffect, firstSyncAt }: IntegrationRow,
  session: ClientSession,
): Promise<boolean> {
  if (inEffect !== null || firstSyncAt) return true;
  return tenantId !== null && (await tenantLinks.ofThis({ enterpriseId, tenantId }, session));
}

function offSince(row: IntegrationRow, isOn: boolean, now: Date): Date | null {
  if (isOn) return null;
  return row.settings.usersSync ? now : (row.usersSyncOffAt ?? null);
}

function requireRevision(row: IntegrationRow, revision: number | undefined): void {
  if (revision === undefined || revision === row.revision) return;
  const message = 'Somebody else changed the settings meanwhile: load them again, then repeat your change.';
  throw new AppError('changed_meanwhile', message, { status: 409 });
}

/** An exception is one of an organisation of this enterprise. */
async function requireOrganisations(
  { store }: TenantDeps,
  { enterpriseId, rules }: { enterpriseId: string; rules: SettingsPatch['calendarRules'] },
  session: ClientSession,
): Promise<void> {
  const ids = Object.keys(rules ?? {});
  if (ids.length === 0) return;
  const wanted = { _id: { $in: ids }, enterpriseId };
  const found = await store.collection<OrganisationRow>(ORGANISATIONS).find(wanted, { session }).toArray();
  const unknown = ids.find((id) => !found.some(({ _id }) => _id === id));
  if (unknown !== undefined) throw noOrganisation(unknown);
}
