import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import type { GroupSeen } from '../mirror/groups-store.js';
import { GROUPS, type GroupRow } from '../mirror/types.js';
import type { GroupState } from '../projection/types.js';
import type { Store } from '../store/connect.js';
import { settingsInEffect } from '../tenancy/settings/integration-settings.js';
import { INTEGRATIONS, type IntegrationRow, type MappingRow, TEAMS, type TeamRow } from '../tenancy/types.js';

/** What is known of the groups and teams that mappings name. A group that is not there has not been read yet. */
export interface MappingGround {
  readonly teamIds: ReadonlySet<string>;
  readonly groups: ReadonlyMap<string, GroupState>;
}

/** Codes of refusals that end a run as cancelled: somebody switched the sync off (law L14). */
export const SWITCHED_OFF: ReadonlySet<string> = new Set(['not_connected', 'paused', 'users_sync_off']);

/**
 * Answers the integration of an enterprise if a run can start now; an AppError that says what to do if not (S13, S21).
 * A dry run is let through while paused: it writes nothing, and shows what resuming would do.
 */
export type MayRun = (
  enterpriseId: string,
  options?: { readonly session?: ClientSession; readonly dry?: boolean },
) => Promise<IntegrationRow>;

export function createMayRun({ store }: { store: Store }): MayRun {
  return async (enterpriseId, { session, dry = false } = {}) => {
    const integration = await requireReading(store, enterpriseId, { session, dry });
    const { mappings } = settingsInEffect(integration.settings);
    requireMapping(mappings, await mappingGround(store, integration, session));
    return integration;
  };
}

/**
 * The integration of an enterprise whose people can be read from Entra now: what is asked for one of them would wait or
 * come to nothing otherwise. An AppError that says what to do if not; `dry` as for a run.
 */
export async function requireReading(
  store: Store,
  enterpriseId: string,
  { session, dry = false }: { readonly session?: ClientSession | undefined; readonly dry?: boolean } = {},
): Promise<IntegrationRow & { readonly tenantId: string }> {
  const options = session ? { session } : {};
  const row = await store.collection<IntegrationRow>(INTEGRATIONS).findOne({ _id: enterpriseId }, options);
  const tenantId = row?.tenantId;
  if (!row || !tenantId || row.connection === 'not_connected')
    throw refusal('not_connected', 'Connect Microsoft Entra ID first: enter the Tenant GUID and sign in.');
  if (row.connection !== 'connected' && row.connection !== 'error')
    throw refusal('not_connected', 'The connection is not finished: sign in and let an administrator consent.');
  if (row.pausedAt && !dry) throw refusal('paused', 'The integration is paused: resume it first.');
  if (!row.settings.usersSync) throw refusal('users_sync_off', 'Entra ID Users Sync is off: switch it on first.');
  return { ...row, tenantId };
}

/** The groups as last read, and the teams that are there. */
export async function mappingGround(
  store: Store,
  { _id: enterpriseId, tenantId }: Pick<IntegrationRow, '_id' | 'tenantId'>,
  session?: ClientSession,
): Promise<MappingGround> {
  const options = session ? { session } : {};
  const teams = await store.collection<TeamRow>(TEAMS).find({ enterpriseId }, options).project({ _id: 1 }).toArray();
  const groups = await store
    .collection<GroupRow>(GROUPS)
    .find({ tenantId: tenantId ?? '' }, options)
    .project<Pick<GroupRow, 'groupId' | 'state'>>({ groupId: 1, state: 1 })
    .toArray();
  return {
    teamIds: new Set(teams.map(({ _id }) => String(_id))),
    groups: new Map(groups.map(({ groupId, state }) => [groupId, state])),
  };
}

/** The same of a run that has just read the groups, whatever the mirror knew of them before. */
export async function requireMappingRead(
  store: Store,
  integration: IntegrationRow,
  read: { readonly mappings: readonly MappingRow[]; readonly groups: readonly GroupSeen[] },
): Promise<void> {
  const { teamIds } = await mappingGround(store, integration);
  const groups = new Map(read.groups.map(({ groupId, state }) => [groupId, state]));
  requireMapping(read.mappings, { teamIds, groups });
}

/**
 * Refuses where no mapping counts (S21): one whose group or team has vanished does not (E12, E13), one whose group has
 * no members, cannot be read now or has not been read yet does.
 */
export function requireMapping(mappings: readonly MappingRow[], { teamIds, groups }: MappingGround): void {
  const hasTeam = mappings.filter(({ teamId }) => teamIds.has(teamId));
  const usable = hasTeam.filter(({ groupId }) => groups.get(groupId) !== 'missing');
  if (usable.length > 0) return;
  const mend = 'Configure at least 1 group mapping in Team Mappings before starting a sync.';
  throw new AppError('no_group_mapping', [...vanished(mappings, hasTeam), mend].join(' '), { status: 409 });
}

function vanished(mappings: readonly MappingRow[], hasTeam: readonly MappingRow[]): string[] {
  if (mappings.length === 0) return [];
  const withoutTeam = mappings.length - hasTeam.length;
  return [
    'No mapping can be used:',
    ...(withoutTeam > 0 ? [`${withoutTeam} of ${mappings.length} lead to a team that is not there any more.`] : []),
    ...(hasTeam.length > 0
      ? [
          `Microsoft Entra ID has no group ${hasTeam
            .map(({ groupId }) => groupId)
            .slice(0, 3)
            .join(', ')} any more.`,
        ]
      : []),
  ];
}

function refusal(code: string, message: string): AppError {
  return new AppError(code, message, { status: 409 });
}
