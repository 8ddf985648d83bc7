import type { MicrosoftServices, Services } from '../../../src/compose.js';

const BY = 'bench';

interface SetUp {
  /** Of the enterprise; names are unique. */
  readonly name?: string;
  readonly proofs: MicrosoftServices['proofs'];
  readonly tenantId: string;
  readonly groupIds: readonly string[];
  readonly calendarSync?: boolean;
}

/**
 * An enterprise connected to the tenant, with each group mapped to a team of its own. Time zones are not mapped:
 * Graph keeps them in mailboxes, each a request of its own, which no other candidate reads.
 */
export async function setUpEnterprise(
  services: Services,
  { name = 'Bench', proofs, tenantId, groupIds, calendarSync = false }: SetUp,
): Promise<string> {
  const { structure, settings, teamMappings } = services;
  const { _id: enterpriseId } = await structure.createEnterprise({ name, by: BY });
  const place = { zone: 'Pacific/Auckland', country: 'NZ' };
  const organisation = await structure.createOrganisation({ enterpriseId, name: 'Bench', ...place, by: BY });
  await proofs.attest(enterpriseId, { tenantText: tenantId, reason: 'a benchmark', by: BY });
  const wanted = { usersSync: true, teamSync: true, calendarSync, fields: { timeZone: null } };
  await settings.setSettings(enterpriseId, wanted, { by: BY });
  for (const [index, groupId] of groupIds.entries()) {
    const team = await structure.createTeam({ organisationId: organisation._id, name: `Team ${index}`, by: BY });
    await teamMappings.mapTeam(enterpriseId, { groupId, teamId: team._id }, BY);
  }
  return enterpriseId;
}
