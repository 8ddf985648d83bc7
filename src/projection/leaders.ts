import { LEADERS_LEAST, leaderKept } from './rules/teams.js';
import type { PlannedChange, PresentRecord, Projection, TeamState } from './types.js';

export interface LeadersInput {
  readonly people: readonly { readonly projection: Projection; readonly record: PresentRecord | null }[];
  readonly teams: ReadonlyMap<string, TeamState>;
}

/**
 * Keeps two leaders in each team over a whole batch (E7): one projection alone cannot know that another leader goes
 * too. Who goes first is decided by object id, whatever the order of the input. Projections come back in that of the
 * input; those that lose a taking carry `leader_removal_blocked`.
 */
export function settleLeaders({ people, teams }: LeadersInput): Projection[] {
  const left = new Map([...teams].map(([teamId, { leaderCount }]) => [teamId, leaderCount]));
  const settled = new Map<string, Projection>();
  for (const { projection, record } of [...people].sort(byObjectId)) {
    settled.set(projection.objectId, record ? settle(projection, { record, left }) : projection);
  }
  return people.map(({ projection }) => settled.get(projection.objectId) ?? projection);
}

function settle(
  projection: Projection,
  { record, left }: { record: PresentRecord; left: Map<string, number> },
): Projection {
  const led = record.memberships.filter(({ isLeader }) => isLeader).map(({ teamId }) => teamId);
  // Who is archived now is not counted, so that nothing of theirs lessens the count.
  if (led.length === 0 || projection.takes.length === 0 || record.status === 'archived') return projection;
  const short = new Set(led.filter((teamId) => (left.get(teamId) ?? Number.POSITIVE_INFINITY) <= LEADERS_LEAST));
  const takes = projection.takes.filter(({ change }) => !isBlocked(change, short));
  const isArchived = archives({ takes });
  const leaves = takes.flatMap(({ change }) => (change.kind === 'leave' ? [change.teamId] : []));
  for (const teamId of led) {
    const count = left.get(teamId);
    if (count !== undefined && (isArchived || leaves.includes(teamId))) left.set(teamId, count - 1);
  }
  if (takes.length === projection.takes.length) return projection;
  const dropped = projection.takes.map(({ change }) => change).filter((change) => isBlocked(change, short));
  const blockedTeams = [...short].filter((teamId) => dropped.some((change) => concerns(change, teamId)));
  const known = new Set(projection.problems.map(({ code, subject }) => `${code}:${subject}`));
  const problems = blockedTeams.map(leaderKept).filter(({ code, subject }) => !known.has(`${code}:${subject}`));
  return { ...projection, takes, problems: [...projection.problems, ...problems] };
}

/** Whether it takes somebody's profile. */
export function archives({ takes }: Pick<Projection, 'takes'>): boolean {
  return takes.some(({ change }) => change.kind === 'archive');
}

function isBlocked(change: PlannedChange, short: ReadonlySet<string>): boolean {
  return [...short].some((teamId) => concerns(change, teamId));
}

function concerns(change: PlannedChange, teamId: string): boolean {
  return change.kind === 'archive' || (change.kind === 'leave' && change.teamId === teamId);
}

function byObjectId(a: LeadersInput['people'][number], b: LeadersInput['people'][number]): number {
  return a.projection.objectId < b.projection.objectId ? -1 : 1;
}
