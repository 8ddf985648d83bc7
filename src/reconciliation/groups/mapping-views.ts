import { z } from 'zod';
import { AppError } from '../../kernel/app-error.js';
import { createGroups } from '../../mirror/groups-store.js';
import type { GroupRowState } from '../../mirror/types.js';
import { type MappingHealth, mappingHealth } from '../../projection/rules/mapping-status.js';
import { createTenantLinks } from '../../records/linked.js';
import { type MappingEffect, mappingEffect } from '../../records/mapping-effect.js';
import { cursorText, readCursor } from '../../store/pages/cursor.js';
import { createIntegrations } from '../../tenancy/integrations.js';
import { createTeamMappings } from '../../tenancy/settings/team-mappings.js';
import { createStructure } from '../../tenancy/structure/structure.js';
import type { TenancyDeps } from '../../tenancy/tenancy-deps.js';
import type { MappingRow } from '../../tenancy/types.js';

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

export interface MappingPage {
  readonly items: readonly MappingView[];
  readonly next: string | null;
  /** Of all mappings, whatever is looked for. */
  readonly total: number;
  readonly broken: number;
}

export interface MappingPageWanted {
  /** Part of a name or id of the group or the team, in any case. */
  readonly text?: string | undefined;
  /** Only those that neither place nor remove anybody. */
  readonly broken?: boolean | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface MappingViews {
  /** In the order in which the mappings decide. */
  list(enterpriseId: string): Promise<MappingView[]>;
  page(enterpriseId: string, wanted: MappingPageWanted): Promise<MappingPage>;
  /** @throws AppError mapping_not_found */
  get(enterpriseId: string, mappingId: string): Promise<MappingView>;
  /** Who would lose the team with the next sync without the mapping, by the records. */
  effect(enterpriseId: string, mappingId: string): Promise<MappingEffect & { readonly isLast: boolean }>;
}

/** Puts the mappings together with what they lead to and with what was read of their groups (S41). */
export function createMappingViews(deps: TenancyDeps): MappingViews {
  const structure = createStructure(deps);
  const teamMappings = createTeamMappings(deps);
  const integrations = createIntegrations({ ...deps, tenantLinks: createTenantLinks(deps) });
  const mirrored = createGroups(deps);
  return { list, page, get, effect };

  async function page(enterpriseId: string, wanted: MappingPageWanted): Promise<MappingPage> {
    const { text = '', limit, after } = wanted;
    const all = await list(enterpriseId);
    const from = after === undefined ? 0 : readCursor(after, z.number().int().nonnegative());
    const found = all.filter((view) => isMatch(view, text) && (!wanted.broken || isBroken(view)));
    const to = from + limit;
    const next = to < found.length ? cursorText(to) : null;
    return { items: found.slice(from, to), next, total: all.length, broken: all.filter(isBroken).length };
  }

  async function get(enterpriseId: string, mappingId: string): Promise<MappingView> {
    const view = (await list(enterpriseId)).find(({ id }) => id === mappingId);
    if (view !== undefined) return view;
    throw new AppError('mapping_not_found', 'There is no such team mapping (any more).', {
      status: 404,
      field: 'mapping',
    });
  }

  async function effect(enterpriseId: string, mappingId: string) {
    const { teamId } = await get(enterpriseId, mappingId);
    const isLast = (await teamMappings.listMappings(enterpriseId)).length === 1;
    return { ...(await mappingEffect(deps.store, { enterpriseId, teamId, mappingId })), isLast };
  }

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

/** Not read yet is no fault: the next sync reads it. */
function isBroken({ status }: MappingView): boolean {
  return status !== 'ok' && status !== 'not_read';
}

function isMatch({ groupId, groupName, teamId, teamName }: MappingView, text: string): boolean {
  const part = text.normalize('NFC').trim().toLowerCase();
  return [groupId, groupName, teamId, teamName].some((each) => each?.toLowerCase().includes(part));
}
