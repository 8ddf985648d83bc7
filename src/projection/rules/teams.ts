import type { Membership, PlannedChange, Problem, Projection, ProjectionInput } from '../types.js';
import { type Ground, isUncertain, mappingIndex, type Placement } from './scope.js';

/** A team keeps at least this many leaders, so that alerts never lose their receiver (E7). */
export const LEADERS_LEAST = 2;

export interface TeamsInput {
  readonly ground: Ground;
  readonly placements: readonly Placement[];
  readonly organisationId: string;
  readonly memberships: readonly Membership[];
  /** The profile is archived now, and about to come back. */
  readonly isArchived?: boolean;
  /** Somebody in the field keeps the teams whose leaders get the alerts. */
  readonly hasOpenActivity?: boolean;
  /** False where the person is skipped (E17, E18): what they have may go, nothing new comes. */
  readonly mayJoin: boolean;
}

export type ProjectedTeams = Pick<Projection, 'gives' | 'takes' | 'problems'>;

/** Where a person belongs by their mapped groups, against where they are (E1 to E5, E7). */
export function projectTeams(input: TeamsInput): ProjectedTeams {
  const { ground, placements, organisationId, mayJoin, isArchived = false, hasOpenActivity = false } = input;
  const gives: PlannedChange[] = [];
  const takes: { taking: 'team_removal'; change: PlannedChange }[] = [];
  const problems: Problem[] = mayJoin ? conflicts(placements, organisationId) : [];
  const wanted = wantedByTeam(placements, organisationId);
  for (const membership of input.memberships) {
    const change = changeOf(membership, wanted.get(membership.teamId) ?? [], input);
    if (change === null) continue;
    if (change.kind === 'join') gives.push(change);
    else if (hasOpenActivity) problems.push(keptWhileOut(membership.teamId));
    else if (isNeededLeader(membership, { teams: ground.teams, isArchived }))
      problems.push(leaderKept(membership.teamId));
    else takes.push({ taking: 'team_removal', change });
  }
  const present = new Set(input.memberships.map(({ teamId }) => teamId));
  for (const [teamId, here] of wanted) {
    if (mayJoin && !present.has(teamId)) gives.push(join({ teamId, before: [], after: idsOf(here), here }));
  }
  return { gives, takes, problems };
}

/** Whether the team would be left with too few leaders without this one. */
export function isNeededLeader(
  { teamId, isLeader }: Membership,
  { teams, isArchived = false }: Pick<ProjectionInput, 'teams'> & { readonly isArchived?: boolean },
): boolean {
  const team = teams.get(teamId);
  // An archived leader is not counted among those whom the team has now, but would be once restored.
  return isLeader && team !== undefined && team.leaderCount + Number(isArchived) <= LEADERS_LEAST;
}

/** Why somebody stays in a team that they should leave: alerts of the open activity go to its leaders. */
function keptWhileOut(teamId: string): Problem {
  return {
    code: 'active_activity_deferred',
    severity: 'warning',
    subject: teamId,
    message: `The person no longer belongs to team ${teamId}. An activity is still open, so they leave it only once it is finished.`,
    remedy: 'Nothing to do: make sure that the person is safe and the activity is finished.',
  };
}

/** Why a leader stays in a team that they should leave, or unarchived. */
export function leaderKept(teamId: string): Problem {
  return {
    code: 'leader_removal_blocked',
    severity: 'warning',
    subject: teamId,
    message: `The person leads team ${teamId}, which would be left with fewer than ${LEADERS_LEAST} leaders. They stay.`,
    remedy: 'Make somebody else a leader of the team; the person is then taken off by the next sync.',
  };
}

type Change = PlannedChange & { kind: 'join' | 'leave' };

function changeOf(membership: Membership, wanted: readonly Placement[], input: TeamsInput): Change | null {
  const { teamId, mappingIds, manual } = membership;
  if (!input.ground.teams.has(teamId) || isAsWanted(mappingIds, wanted)) return null;
  const before = [...mappingIds].sort();
  const confirmed = idsOf(wanted).filter((id) => input.mayJoin || mappingIds.includes(id));
  const after = [...new Set([...confirmed, ...uncertainIds(membership, input)])].sort();
  if (after.join() === before.join()) return null;
  if (after.length > 0 || manual) return join({ teamId, before, after, here: wanted });
  return { kind: 'leave', teamId, before, why: whyLeave(before, input) };
}

/** The usual case, told without building anything. */
function isAsWanted(mappingIds: readonly string[], wanted: readonly Placement[]): boolean {
  return mappingIds.length === wanted.length && wanted.every(({ mapping }) => mappingIds.includes(mapping.id));
}

/** Mappings that justified the membership and about which nothing is known now: they neither give nor take. */
function uncertainIds({ teamId, mappingIds }: Membership, { ground: { rules, groups } }: TeamsInput): string[] {
  const { byId } = mappingIndex(rules.mappings);
  const uncertain = (id: string) => {
    const mapping = byId.get(id);
    return mapping !== undefined && mapping.teamId === teamId && isUncertain(mapping, groups);
  };
  return mappingIds.filter(uncertain);
}

function wantedByTeam(placements: readonly Placement[], organisationId: string): Map<string, Placement[]> {
  const wanted = new Map<string, Placement[]>();
  for (const placement of placements) {
    if (placement.team.organisationId !== organisationId) continue;
    const same = wanted.get(placement.team.id);
    if (same) same.push(placement);
    else wanted.set(placement.team.id, [placement]);
  }
  return wanted;
}

/** One home organisation: what maps into another one is not applied, and said (E3, E4). */
function conflicts(placements: readonly Placement[], organisationId: string): Problem[] {
  return placements
    .filter(({ team }) => team.organisationId !== organisationId)
    .map(({ mapping, team }) => ({
      code: 'multi_org_conflict',
      severity: 'warning',
      subject: mapping.id,
      message: `The person is in group ${mapping.groupId}, mapped to team ${team.id} of organisation ${team.organisationId}, but belongs to organisation ${organisationId}. The mapping is not applied.`,
      remedy: 'Move the person to the other organisation in GetHomeSafe, or take them out of one of the groups.',
    }));
}

function idsOf(placements: readonly Placement[]): string[] {
  return placements.map(({ mapping }) => mapping.id).sort();
}

function join(facts: {
  teamId: string;
  before: readonly string[];
  after: readonly string[];
  here: readonly Placement[];
}): PlannedChange & { kind: 'join' } {
  const { teamId, before, after, here } = facts;
  return { kind: 'join', teamId, before, after, why: whyJoin(before, { after, here }) };
}

function whyJoin(
  before: readonly string[],
  { after, here }: { after: readonly string[]; here: readonly Placement[] },
): string {
  if (after.length === 0)
    return 'No mapped group justifies the team any more; somebody in GetHomeSafe put the person there.';
  const groups = groupsOf(here);
  const member = `Member of ${named(groups)} in Microsoft Entra ID, mapped to this team.`;
  if (groups.length === 0)
    return 'Some of the groups that justified the team do so no longer; others could not be read.';
  return before.length === 0 ? member : `The groups that justify the team have changed. ${member}`;
}

function whyLeave(mappingIds: readonly string[], { ground: { rules } }: TeamsInput): string {
  const still = rules.mappings.filter(({ id }) => mappingIds.includes(id));
  if (still.length === 0) return 'The team mapping that placed the person here was removed.';
  const groups = [...new Set(still.map(({ groupId }) => groupId))].sort();
  return `No longer a member of ${named(groups)} in Microsoft Entra ID.`;
}

function groupsOf(placements: readonly Placement[]): string[] {
  return [...new Set(placements.map(({ mapping }) => mapping.groupId))].sort();
}

function named(groupIds: readonly string[]): string {
  return `${groupIds.length === 1 ? 'group' : 'groups'} ${groupIds.join(', ')}`;
}
