import { randomUUID } from 'node:crypto';
import { systemChance } from '../../../src/kernel/chance.js';
import { createLog } from '../../../src/kernel/log.js';
import { createTenantLinks } from '../../../src/records/linked.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { USERS } from '../../../src/records/types.js';
import { FENCES, type FenceRow } from '../../../src/store/fence.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { createIntegrations } from '../../../src/tenancy/integrations.js';
import { createRunMarks } from '../../../src/tenancy/run-marks.js';
import { createSettings } from '../../../src/tenancy/settings/settings.js';
import { createTeamMappings } from '../../../src/tenancy/settings/team-mappings.js';
import { createStructure } from '../../../src/tenancy/structure/structure.js';
import type { TenantDeps } from '../../../src/tenancy/tenancy-deps.js';
import { TENANCY_INDEXES } from '../../../src/tenancy/tenancy-indexes.js';
import {
  INTEGRATIONS,
  type IntegrationRow,
  SETTINGS_CHANGES,
  type SettingsChangeRow,
} from '../../../src/tenancy/types.js';
import { openTestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

export const BY = 'test@operator';

/** Tenancy on a database of its own, with its indexes, at 2026-09-01 00:00 UTC. */
export async function openTenancy() {
  const { store, drop } = await openTestStore();
  await ensureIndexes(store, [
    ...TENANCY_INDEXES,
    ...USER_INDEXES,
    { collection: FENCES, name: 'fence_tenant', keys: { tenantId: 1 }, serves: 'the collection is there' },
  ]);
  const clock = createManualClock('2026-09-01T00:00:00.000Z');
  const tenantLinks = createTenantLinks({ store });
  const deps: TenantDeps = { store, clock, chance: systemChance, log: createLog('silent'), tenantLinks };
  const structure = createStructure(deps);
  const integrations = createIntegrations(deps);
  const rows = store.collection<IntegrationRow>(INTEGRATIONS);

  return {
    ...{ deps, store, clock, structure, integrations, drop },
    settings: createSettings(deps),
    mappings: createTeamMappings(deps),
    marks: createRunMarks(deps),
    anEnterprise,
    link,
    unlink: (tenantId: string) => store.collection(USERS).deleteMany({ 'entra.tenantId': tenantId }),
    aConnected,
    writesOf: async (enterpriseId: string) =>
      (await store.collection<FenceRow>(FENCES).findOne({ _id: enterpriseId }))?.writes ?? 0,
    /** In the order in which it was written. */
    audit: (enterpriseId: string) =>
      store.collection<SettingsChangeRow>(SETTINGS_CHANGES).find({ enterpriseId }).sort({ $natural: 1 }).toArray(),
    put: (enterpriseId: string, set: Partial<IntegrationRow>) => rows.updateOne({ _id: enterpriseId }, { $set: set }),
  };

  async function anEnterprise(): Promise<string> {
    return (await structure.createEnterprise({ name: `Enterprise ${randomUUID()}`, by: BY }))._id;
  }

  /** Somebody of an enterprise who came from a tenant. */
  async function link(of: { enterpriseId: string; tenantId: string }): Promise<void> {
    const entra = { tenantId: of.tenantId, objectId: randomUUID() };
    const row = { _id: randomUUID(), enterpriseId: of.enterpriseId, status: 'active' as const, entra };
    await store.collection<{ _id: string }>(USERS).insertOne(row);
  }

  /** An enterprise with one organisation, one team, and a tenant that is connected already. */
  async function aConnected() {
    const enterpriseId = await anEnterprise();
    const organisation = await structure.createOrganisation({
      enterpriseId,
      name: 'Field',
      zone: 'Pacific/Auckland',
      by: BY,
    });
    const team = await structure.createTeam({ organisationId: organisation._id, name: 'North', by: BY });
    const tenantId = randomUUID();
    await integrations.setTenant(enterpriseId, { tenantText: tenantId, by: BY });
    const proof = { by: 'sign_in' as const, at: clock.now(), objectId: randomUUID() };
    await rows.updateOne({ _id: enterpriseId }, { $set: { connection: 'connected', proof } });
    return { enterpriseId, organisationId: organisation._id, teamId: team._id, tenantId };
  }
}

export type TestTenancy = Awaited<ReturnType<typeof openTenancy>>;
