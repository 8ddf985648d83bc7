import type { ClientSession } from 'mongodb';
import { defaultSettings, withNextSync } from './settings/integration-settings.js';
import type { TenancyDeps } from './tenancy-deps.js';
import { INTEGRATIONS, type IntegrationRow, type OrganisationRow } from './types.js';

/** What an enterprise begins with: no tenant, everything off. */
export function newIntegration(enterpriseId: string): IntegrationRow {
  return {
    _id: enterpriseId,
    tenantId: null,
    connection: 'not_connected',
    proof: null,
    settings: defaultSettings('UTC'),
    revision: 1,
    inEffect: null,
    lastSyncAt: null,
    nextSyncAt: null,
    lastError: null,
    pausedAt: null,
    claimedAt: null,
    formerTenantId: null,
    zoneChosen: false,
  };
}

/** The schedule's zone is the first organisation's until somebody chooses one (E61). */
export async function takeZoneOfFirstOrganisation(
  deps: TenancyDeps,
  session: ClientSession,
  organisation: OrganisationRow,
): Promise<void> {
  const integrations = deps.store.collection<IntegrationRow>(INTEGRATIONS);
  const _id = organisation.enterpriseId;
  const row = await integrations.findOne({ _id }, { session });
  if (row === null || row.zoneChosen || row.settings.zone === organisation.zone) return;
  const settings = { ...row.settings, zone: organisation.zone };
  const next = withNextSync({ ...row, settings, revision: row.revision + 1 }, row, deps.clock.now());
  await integrations.replaceOne({ _id }, next, { session });
}
