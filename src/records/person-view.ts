import type { Store } from '../store/connect.js';
import { createDecisions, type DecisionView } from './decisions.js';
import { createFindPeople } from './people/find-people.js';
import { createPlaces, type TeamFacts } from './people/places.js';
import type { PersonRef } from './people.js';
import type { Problems, ProblemView } from './problems/problems.js';
import type { MembershipRow, UserRow } from './types.js';

export interface TeamOfPerson {
  readonly id: string;
  /** null: the team does not exist any more. */
  readonly name: string | null;
  readonly reason: 'manual' | 'mapping';
  readonly isLeader: boolean;
  /** Mapped groups through which the person is in the team. */
  readonly groups: readonly string[];
}

/** A person in full (CONTRACT section 4, people show). */
export interface PersonView
  extends Pick<
    UserRow,
    'status' | 'archivedReason' | 'email' | 'firstName' | 'lastName' | 'mobilePhone' | 'country' | 'timeZone'
  > {
  readonly id: string;
  readonly objectId: string | null;
  readonly origin: UserRow['origin'];
  readonly isAccountAdmin: boolean;
  /** Id of the home organisation. */
  readonly organisation: string;
  readonly teams: readonly TeamOfPerson[];
  readonly effective: EffectiveSettings;
  readonly problems: readonly ProblemView[];
  readonly decisions: readonly DecisionView[];
}

/** Settings that the person's teams give, with the people who lead these teams (S30). */
export type EffectiveSettings = Readonly<Record<string, unknown>> & { readonly leaders: readonly string[] };

export interface PersonViews {
  show(ref: PersonRef): Promise<PersonView>;
  of(user: UserRow): Promise<PersonView>;
}

/** Puts together what is shown of a person; team settings are looked up now, nothing of them is kept on people. */
export function createPersonViews(deps: { store: Store; problems: Problems }): PersonViews {
  const places = createPlaces(deps);
  const people = createFindPeople(deps);
  const decisions = createDecisions(deps);

  return { of: view, show: async ({ enterpriseId, person }) => view(await people.find(enterpriseId, person)) };

  async function view(user: UserRow): Promise<PersonView> {
    const { enterpriseId, memberships, entra } = user;
    const teamIds = memberships.map(({ teamId }) => teamId);
    const teams = await places.teams(enterpriseId, teamIds);
    const groups = await places.groupsOfMappings(enterpriseId);
    const leaders = await people.leadersOf(enterpriseId, teamIds);
    const about = entra && { objectId: entra.objectId };
    const { status, archivedReason, origin, isAccountAdmin, organisationId } = user;
    const { email, firstName, lastName, mobilePhone, country, timeZone } = user;
    return {
      ...{ id: user._id, objectId: entra?.objectId ?? null, status, archivedReason, origin, isAccountAdmin },
      ...{ email, firstName, lastName, mobilePhone, country, timeZone, organisation: organisationId },
      teams: memberships.map((membership) => teamOfPerson(membership, { teams, groups })),
      effective: { ...effectiveSettings(memberships.flatMap(({ teamId }) => teams.get(teamId) ?? [])), leaders },
      problems: about ? await deps.problems.list(enterpriseId, about) : [],
      decisions: about ? await decisions.list(enterpriseId, about) : [],
    };
  }
}

function teamOfPerson(
  { teamId, manual, isLeader, mappingIds }: MembershipRow,
  { teams, groups }: { teams: ReadonlyMap<string, TeamFacts>; groups: ReadonlyMap<string, string> },
): TeamOfPerson {
  const through = new Set(mappingIds.flatMap((id) => groups.get(id) ?? []));
  return {
    id: teamId,
    name: teams.get(teamId)?.name ?? null,
    reason: manual ? 'manual' : 'mapping',
    isLeader,
    groups: [...through].sort(),
  };
}

/** Lists of several teams are put together; of other settings the team that the person joined first decides. */
export function effectiveSettings(teams: readonly Pick<TeamFacts, 'settings'>[]): Record<string, unknown> {
  const effective: Record<string, unknown> = {};
  for (const { settings } of teams) {
    for (const [name, value] of Object.entries(settings)) {
      const present = effective[name];
      if (present === undefined) effective[name] = value;
      else if (Array.isArray(present) && Array.isArray(value)) effective[name] = [...new Set([...present, ...value])];
    }
  }
  return effective;
}
