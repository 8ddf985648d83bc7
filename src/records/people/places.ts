import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { TeamMapping } from '../../projection/types.js';
import type { Store } from '../../store/connect.js';

/** What records need to know of an organisation. */
export interface OrganisationFacts {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly name: string;
  readonly zone: string;
  readonly country: string | null;
}

/** What records need to know of a team; its settings are looked up here and never copied to people. */
export interface TeamFacts {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly organisationId: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface IntegrationFacts {
  readonly _id: string;
  readonly settings?: { readonly mappings: readonly TeamMapping[] };
  readonly inEffect?: { readonly settings: { readonly mappings: readonly TeamMapping[] } } | null;
}

/** Where people can be placed: organisations, teams and the mappings that lead to them, as the enterprise has them. */
export interface Places {
  organisation(enterpriseId: string, organisationId: string, session?: ClientSession): Promise<OrganisationFacts>;
  team(enterpriseId: string, teamId: string, session?: ClientSession): Promise<TeamFacts>;
  /** By id; teams that do not exist (any more) are left out. */
  teams(
    enterpriseId: string,
    teamIds: readonly string[],
    session?: ClientSession,
  ): Promise<ReadonlyMap<string, TeamFacts>>;
  /** Group of each mapping by the mapping's id, of the settings as saved and as in effect. */
  groupsOfMappings(enterpriseId: string): Promise<ReadonlyMap<string, string>>;
}

export function createPlaces({ store }: { store: Store }): Places {
  const organisations = store.collection<OrganisationFacts>('organisations');
  const teams = store.collection<TeamFacts>('teams');
  const integrations = store.collection<IntegrationFacts>('integrations');
  const within = (session?: ClientSession) => (session ? { session } : {});

  return {
    organisation: async (enterpriseId, organisationId, session) =>
      (await organisations.findOne({ _id: organisationId, enterpriseId }, within(session))) ??
      missing('organisation', organisationId),
    team: async (enterpriseId, teamId, session) =>
      (await teams.findOne({ _id: teamId, enterpriseId }, within(session))) ?? missing('team', teamId),
    teams: async (enterpriseId, teamIds, session) => {
      if (teamIds.length === 0) return new Map();
      const found = await teams.find({ _id: { $in: [...teamIds] }, enterpriseId }, within(session)).toArray();
      return new Map(found.map((team) => [team._id, team]));
    },
    groupsOfMappings: async (enterpriseId) => {
      const integration = await integrations.findOne({ _id: enterpriseId });
      const mappings = [
        ...(integration?.inEffect?.settings.mappings ?? []),
        ...(integration?.settings?.mappings ?? []),
      ];
      return new Map(mappings.map(({ id, groupId }) => [id, groupId]));
    },
  };
}

function missing(kind: 'organisation' | 'team', id: string): never {
  const text = `There is no ${kind} ${id} in this enterprise.`;
  throw new AppError(`${kind}_not_found`, text, { status: 404, field: kind, command: `ghs ${kind} list` });
}
