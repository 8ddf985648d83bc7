import type { ClientSession } from 'mongodb';
import { DAY_MS } from '../../kernel/clock.js';
import {
  countTakings,
  type GuardVerdict,
  isHeld,
  judge,
  NO_TAKINGS,
  type Taking,
  type Takings,
} from '../../projection/guard.js';
import type { PlannedChange, Problem, SyncRules, TakingKind } from '../../projection/types.js';
import { type DecisionRow, LEDGER, type LedgerRow, USERS, type UserRow } from '../../records/types.js';
import type { Draft } from './decide.js';
import type { LoadDeps, Scope } from './load-inputs.js';

export interface TakingsVerdict {
  isHeld(draft: Draft, taking: TakingKind, change: PlannedChange): boolean;
}

interface JudgeRequest {
  readonly scope: Scope;
  readonly drafts: readonly Draft[];
  readonly rules: SyncRules;
  readonly now: Date;
  readonly session?: ClientSession | undefined;
}

/** What is told about a person some of whose takings are held. */
export const HELD_PROBLEM: Problem = {
  code: 'held',
  severity: 'warning',
  subject: null,
  message: 'More would be taken away at once than the limit allows, so that nothing of it is applied.',
  remedy: 'Check in Microsoft Entra ID whether this is meant. It goes by itself when the directory is put right.',
};

const NOTHING_HELD: TakingsVerdict = { isHeld: () => false };

/** Judges what is about to be taken together with what was taken lately and what is ripening (law L12). */
export async function judgeTakings(deps: LoadDeps, request: JudgeRequest): Promise<TakingsVerdict> {
  const ripe = request.drafts.filter(({ mayTake, projection }) => mayTake && projection.takes.length > 0);
  if (ripe.length === 0) return NOTHING_HELD;
  const pending = countTakings([...takingsOf(request.drafts), ...(await ripeningElsewhere(deps, request))]);
  const [teamIds, window] = [teamsIn(pending), await takenLately(deps, request)];
  const removedByTeam = [...window.teams].map(([teamId, counts]) => [teamId, counts.team_removal ?? 0] as const);
  const linkedByTeam = await countLinkedByTeam(deps, request, teamIds);
  for (const [teamId, removed] of removedByTeam)
    if (linkedByTeam.has(teamId)) linkedByTeam.set(teamId, (linkedByTeam.get(teamId) ?? 0) + removed);
  const linkedCount = (await countLinked(deps, request)) + (window.enterprise.archive ?? 0);
  const { removalBrakePercent: brakePercent } = request.rules;
  const verdict: GuardVerdict = judge({ linkedCount, linkedByTeam, window, pending, brakePercent });
  return {
    isHeld: (draft, taking, change) => isHeld(verdict, { kind: taking, teamIds: teamsOf(draft.user, change) }),
  };
}

function takingsOf(drafts: readonly Draft[]): Taking[] {
  return drafts.flatMap(({ read, user, projection }) =>
    projection.takes.map(({ taking, change }) => ({
      personId: read.objectId,
      kind: taking,
      teamIds: teamsOf(user, change),
    })),
  );
}

function teamsOf(user: UserRow | null, change: PlannedChange): string[] {
  if (change.kind === 'leave') return [change.teamId];
  return user?.memberships.map(({ teamId }) => teamId) ?? [];
}

/** Ripening and held takings of people outside this batch, from their rows. */
async function ripeningElsewhere({ people }: LoadDeps, { scope, drafts, session }: JudgeRequest): Promise<Taking[]> {
  const here = new Set(drafts.map(({ read }) => read.objectId));
  const rows = await people.ripening(scope.tenantId, session);
  return rows
    .filter(({ objectId }) => !here.has(objectId))
    .flatMap(({ objectId, ripening }) =>
      (ripening?.takings ?? []).map((name): Taking => {
        const [kind, teamId] = name.split(':');
        const team = teamId === undefined ? [] : [teamId];
        return { personId: objectId, kind: kind === 'team_removal' ? 'team_removal' : 'archive', teamIds: team };
      }),
    );
}

async function takenLately({ store }: LoadDeps, { scope, session, now }: JudgeRequest): Promise<Takings> {
  const entries = await store
    .collection<LedgerRow>(LEDGER)
    .find(
      {
        enterpriseId: scope.enterpriseId,
        // The type again: without it MongoDB does not see that the partial index has them all.
        taking: { $in: ['archive', 'team_removal', 'email_change', 'clear'], $type: 'string' },
        at: { $gte: new Date(now.getTime() - DAY_MS) },
      },
      session ? { session } : {},
    )
    .project<Pick<LedgerRow, 'userId' | 'taking' | 'teamId'>>({ userId: 1, taking: 1, teamId: 1 })
    .toArray();
  if (entries.length === 0) return NO_TAKINGS;
  return countTakings(
    entries.flatMap(({ userId, taking, teamId }) =>
      taking ? [{ personId: userId, kind: taking, teamIds: teamId ? [teamId] : [] }] : [],
    ),
  );
}

async function countLinked({ store }: LoadDeps, { scope, session }: JudgeRequest): Promise<number> {
  // Answered by the index alone, however many there are.
  const living: UserRow['status'][] = ['invited', 'active'];
  const linked = { enterpriseId: scope.enterpriseId, status: { $in: living }, 'entra.tenantId': scope.tenantId };
  return store.collection<UserRow>(USERS).countDocuments(linked, session ? { session } : {});
}

async function countLinkedByTeam(
  { store }: LoadDeps,
  { scope, session }: JudgeRequest,
  teamIds: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const teamId of teamIds) {
    const members = {
      enterpriseId: scope.enterpriseId,
      'entra.tenantId': scope.tenantId,
      status: { $ne: 'archived' as const },
      'memberships.teamId': teamId,
    };
    counts.set(teamId, await store.collection<UserRow>(USERS).countDocuments(members, session ? { session } : {}));
  }
  return counts;
}

function teamsIn({ teams }: Takings): string[] {
  return [...teams.keys()];
}

/** A held taking as an open decision: `archive`, `team:ID`, `email` or `clear:FIELD` (law L12). */
export function heldDecision(
  draft: Draft,
  { taking, change }: { taking: TakingKind; change: PlannedChange },
  { enterpriseId, at }: { enterpriseId: string; at: Date },
): DecisionRow {
  const subject = subjectOf(taking, change);
  const { objectId } = draft.read;
  const valueHash = JSON.stringify('after' in change ? change.after : null);
  return {
    _id: `${enterpriseId}:${objectId}:${subject}`,
    enterpriseId,
    objectId,
    userId: draft.user?._id ?? null,
    subject,
    valueHash,
    verdict: 'held',
    by: 'guard',
    at,
    until: new Date(at.getTime() + 7 * DAY_MS),
  };
}

function subjectOf(taking: TakingKind, change: PlannedChange): string {
  switch (taking) {
    case 'archive':
      return 'archive';
    case 'team_removal':
      return change.kind === 'leave' ? `team:${change.teamId}` : 'team';
    case 'email_change':
      return 'email';
    case 'clear':
      return change.kind === 'update' ? `clear:${change.field}` : 'clear';
  }
}
