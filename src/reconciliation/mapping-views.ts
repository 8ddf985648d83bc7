import { createGroups } from '../mirror/groups-store.js';
import type { GroupRowState } from '../mirror/types.js';
import { type MappingHealth, mappingHealth } from '../projection/rules/mapping-status.js';
import { createTenantLinks } from '../records/linked.js';
import { createIntegrations } from '../tenancy/integrations.js';
import { createTeamMappings } from '../tenancy/settings/team-mappings.js';
import { createStructure } from '../tenancy/structure.js';
import type { TenancyDeps } from '../tenancy/tenancy-deps.js';
import type { MappingRow } from '../tenancy/types.js';

/** A team mapping as an administrator sees it. */
export interface MappingView extends Omit<MappingRow, 'organisationId'>, MappingHealth {
  readonly groupName: string | null;
  readonly teamName: string | null;
  /** Where the team is now, whatever it was when the mapping was made; null where there is no team. */
  readonly organisationId: string | null;
  /** The group as last read; null: not read yet. */
  readonly group: GroupRowState | null;
  /** People in the group when a run last read it; null where none has. */
  readonly memberCount: number | null;
}

export interface MappingViews {
  /** In the order in which the mappings decide. */
  list(enterpriseId: string): Promise<MappingView[]>;
}

/** Puts the mappings together with what they lead to and with what was read of their groups (S41). */
export function createMappingViews(deps: TenancyDeps): MappingViews {
  const structure = createStructure(deps);
  const teamMappings = createTeamMappings(deps);
  const integrations = createIntegrations({ ...deps, tenantLinks: createTenantLinks(deps) });
  const mirrored = createGroups(deps);
  return { list };

  async function list(enterpriseId: string): Promise<MappingView[]> {
    const mappings = await teamMappings.listMappings(enterpriseId);
    const rows = await structure.listTeams({ enterpriseId });
    const teams = new Map(rows.map((team) => [team._id, team]));
    const { tenantId } = await integrations.getIntegration(enterpriseId);
    const groupIds = mappings.map(({ groupId }) => groupId);
    const groups = tenantId === null ? new Map() : await mirrored.load(tenantId, groupIds);
    return mappings.map((mapping) => {
      const team = teams.get(mapping.teamId);
      const row = groups.get(mapping.groupId);
      const group = row?.state ?? null;
      return {
        ...mapping,
        groupName: row?.displayName ?? mapping.groupName ?? null,
        teamName: team?.name ?? null,
        organisationId: team?.organisationId ?? null,
        group,
        memberCount: row?.memberCount ?? null,
        ...mappingHealth({ group, hasTeam: team !== undefined }),
      };
    });
  }
}
