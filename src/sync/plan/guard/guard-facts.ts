import type { ClientSession } from 'mongodb';
import { DAY_MS } from '../../../kernel/clock.js';
import type { Taking } from '../../../projection/guard.js';
import type { TakingKind } from '../../../projection/types.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow, USERS, type UserRow } from '../../../records/types.js';
import type { IntegrationRow } from '../../../tenancy/types.js';
import type { LoadDeps, Scope } from '../load-inputs.js';

export interface GuardFacts {
  readonly scope: Scope;
  readonly now: Date;
  readonly session?: ClientSession | undefined;
}

/** What the guard looks back on (law L12). */
export const WINDOW_MS = DAY_MS;
const TAKINGS: readonly TakingKind[] = ['archive', 'team_removal', 'email_change', 'clear'];
/** What people did themselves is no fault of a directory. */
const BY_HAND = ['person', 'undo'] as const;

/**
 * Ripening and held takings of people outside the batch, from their rows, without those that somebody approved, or
 * refused before the window.
 */
export async function ripeningElsewhere(
  { people, store }: LoadDeps,
  { scope, session, now }: GuardFacts,
  here: ReadonlySet<string>,
): Promise<Taking[]> {
  const rows = await people.ripening(scope.tenantId, session);
  const elsewhere = rows.filter(({ objectId }) => !here.has(objectId));
  if (elsewhere.length === 0) return [];
  const verdicts: DecisionRow['verdict'][] = ['approved', 'refused', 'declined'];
  const decided = await store
    .collection<DecisionRow>(DECISIONS)
    .find({ enterpriseId: scope.enterpriseId, verdict: { $in: verdicts } }, session ? { session } : {})
    .project<Pick<DecisionRow, 'objectId' | 'subject' | 'verdict' | 'at'>>({
      objectId: 1,
      subject: 1,
      verdict: 1,
      at: 1,
    })
    .toArray();
  const counts = ({ verdict, at }: Pick<DecisionRow, 'verdict' | 'at'>) =>
    verdict === 'refused' && now.getTime() - at.getTime() < WINDOW_MS;
  const settled = decided.filter((decision) => !counts(decision));
  const isSettled = new Set(settled.map(({ objectId, subject }) => `${objectId} ${subject}`));
  return elsewhere.flatMap(({ objectId, ripening }) =>
    (ripening?.takings ?? []).flatMap((name): Taking[] => {
      const [kind, teamId] = name.split(':');
      if (isSettled.has(`${objectId} ${teamId === undefined ? 'archive' : `team:${teamId}`}`)) return [];
      const teamIds = teamId === undefined ? [] : [teamId];
      return [{ personId: objectId, kind: kind === 'team_removal' ? 'team_removal' : 'archive', teamIds }];
    }),
  );
}

/**
 * What the sync took within the window and is still taken, without what somebody approved: whoever is back, or in the
 * team again, has lost nothing.
 */
export async function takenLately({ store }: LoadDeps, { scope, now, session }: GuardFacts): Promise<Taking[]> {
  const entries = await store
    .collection<LedgerRow>(LEDGER)
    .find(
      {
        enterpriseId: scope.enterpriseId,
        // The type again: without it MongoDB does not see that the partial index has them all.
        taking: { $in: [...TAKINGS], $type: 'string' },
        at: { $gte: new Date(now.getTime() - WINDOW_MS) },
        approved: { $ne: true },
        'cause.by': { $nin: [...BY_HAND] },
      },
      session ? { session } : {},
    )
    .project<Pick<LedgerRow, 'userId' | 'objectId' | 'taking' | 'teamId'>>({
      ...{ userId: 1, objectId: 1, taking: 1, teamId: 1 },
    })
    .toArray();
  if (entries.length === 0) return [];
  const users = await placesOf(store, [...new Set(entries.map(({ userId }) => userId))], session);
  return entries.flatMap(({ userId, objectId, taking, teamId }): Taking[] => {
    if (taking === null || taking === 'cancellation') return [];
    const { isArchived, teamIds } = users.get(userId) ?? { isArchived: true, teamIds: [] };
    const isBack = taking === 'archive' ? !isArchived : teamId !== null && teamIds.includes(teamId);
    if (isBack) return [];
    // Those that are pending are told by their object ids.
    return [{ personId: objectId ?? userId, kind: taking, teamIds: teamId === null ? teamIds : [teamId] }];
  });
}

interface Places {
  readonly isArchived: boolean;
  readonly teamIds: readonly string[];
}

/** Where people are; archived ones keep their teams. */
async function placesOf(
  store: LoadDeps['store'],
  userIds: readonly string[],
  session: ClientSession | undefined,
): Promise<Map<string, Places>> {
  const users = await store
    .collection<UserRow>(USERS)
    .find({ _id: { $in: [...userIds] } }, session ? { session } : {})
    .project<Pick<UserRow, '_id' | 'status' | 'memberships'>>({ status: 1, memberships: 1 })
    .toArray();
  return new Map(
    users.map(({ _id, status, memberships }) => [
      _id,
      { isArchived: status === 'archived', teamIds: memberships.map(({ teamId }) => teamId) },
    ]),
  );
}

/**
 * How many people were linked at the window's start or after the first run, whichever is later: those of now, less who
 * came since, with those who went since. The same by team.
 */
export async function linkedAtStart(
  deps: LoadDeps,
  facts: GuardFacts,
  teamIds: readonly string[],
): Promise<{ linkedCount: number; linkedByTeam: ReadonlyMap<string, number> }> {
  const moves = await movedSince(deps, facts, await startOf(deps, facts));
  // Archived people keep their memberships, so that no entry tells which teams they left by that.
  const whole = moves.filter(({ teamId, userId }) => teamId === null && userId !== null);
  const places = await placesOf(
    deps.store,
    whole.flatMap(({ userId }) => userId ?? []),
    facts.session,
  );
  const gone = (matches: (move: Move) => boolean) =>
    moves.filter(matches).reduce((sum, { kind, entries }) => sum + (WENT.has(kind) ? entries : -entries), 0);
  const linkedByTeam = new Map<string, number>();
  for (const teamId of teamIds) {
    const now = await countLinked(deps, facts, { 'memberships.teamId': teamId });
    const inTeam = (move: Move) =>
      move.teamId === teamId || (places.get(move.userId ?? '')?.teamIds.includes(teamId) ?? false);
    linkedByTeam.set(teamId, Math.max(0, now + gone(inTeam)));
  }
  const linkedCount = (await countLinked(deps, facts)) + gone(({ teamId }) => teamId === null);
  return { linkedCount: Math.max(0, linkedCount), linkedByTeam };
}

/** Entries that took somebody out of the enterprise or a team; the others brought somebody in. */
const WENT: ReadonlySet<string> = new Set(['archive', 'remove', 'leave']);

/** Comings and goings: of one team, or of a person as a whole (archived and restored by person, the others together). */
interface Move {
  readonly kind: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly entries: number;
}

async function startOf({ store }: LoadDeps, { scope, now, session }: GuardFacts): Promise<Date> {
  const integration = await store
    .collection<IntegrationRow>('integrations')
    .findOne({ _id: scope.enterpriseId }, { ...(session ? { session } : {}), projection: { firstSyncAt: 1 } });
  const windowStart = new Date(now.getTime() - WINDOW_MS);
  const first = integration?.firstSyncAt ?? now;
  return first > windowStart ? first : windowStart;
}

async function movedSince({ store }: LoadDeps, { scope, session }: GuardFacts, since: Date): Promise<Move[]> {
  const counted = await store
    .collection<LedgerRow>(LEDGER)
    .aggregate<{ _id: Omit<Move, 'entries'>; entries: number }>(
      [
        {
          $match: {
            enterpriseId: scope.enterpriseId,
            kind: { $in: ['create', 'restore', 'archive', 'remove', 'join', 'leave'] },
            at: { $gt: since },
            objectId: { $ne: null },
            // A change of reasons alone brings nobody in.
            $or: [{ kind: { $ne: 'join' } }, { before: [] }, { before: null }],
          },
        },
        {
          $group: {
            _id: {
              kind: '$kind',
              teamId: '$teamId',
              userId: { $cond: [{ $in: ['$kind', ['archive', 'restore']] }, '$userId', null] },
            },
            entries: { $sum: 1 },
          },
        },
      ],
      session ? { session } : {},
    )
    .toArray();
  return counted.map(({ _id, entries }) => ({ ..._id, entries }));
}

async function countLinked(
  { store }: LoadDeps,
  { scope, session }: GuardFacts,
  only: { readonly 'memberships.teamId'?: string } = {},
): Promise<number> {
  // Without a team answered by the index alone, however many there are.
  const living: UserRow['status'][] = ['invited', 'active'];
  const { enterpriseId, tenantId } = scope;
  const linked = { enterpriseId, status: { $in: living }, 'entra.tenantId': tenantId, ...only };
  return store.collection<UserRow>(USERS).countDocuments(linked, session ? { session } : {});
}
