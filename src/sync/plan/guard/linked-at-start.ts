import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../records/types.js';
import type { IntegrationRow } from '../../../tenancy/types.js';
import type { LoadDeps } from '../load-inputs.js';
import { type GuardFacts, placesOf, WINDOW_MS } from './guard-facts.js';

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
