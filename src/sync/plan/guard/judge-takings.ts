import type { ClientSession } from 'mongodb';
import { isHeld, judge, type Taking } from '../../../projection/guard.js';
import type { PlannedChange, Problem, SyncRules, TakingKind } from '../../../projection/types.js';
import type { UserRow } from '../../../records/types.js';
import type { Draft } from '../decide.js';
import type { LoadDeps, Scope } from '../load-inputs.js';
import { type GuardFacts, inTeams, ripeningElsewhere, takenSince, WINDOW_MS } from './guard-facts.js';
import { heldTogether } from './held-together.js';
import { linkedAtStart } from './linked-at-start.js';

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
  remedy:
    'Check in Microsoft Entra ID whether this is meant. Put right there, it goes by itself; where it is meant, approve it among the held changes.',
};

const NOTHING_HELD: TakingsVerdict = { isHeld: () => false };

/** Judges what is about to be taken together with what was taken lately and what is ripening (law L12). */
export async function judgeTakings(deps: LoadDeps, request: JudgeRequest): Promise<TakingsVerdict> {
  const { drafts, rules } = request;
  if (!drafts.some(({ mayTake, projection }) => mayTake && projection.takes.length > 0)) return NOTHING_HELD;
  const { facts, here, ofHere, ripening, window } = await pendingNow(deps, request);
  const teams = new Set(ofHere.flatMap(({ teamIds }) => teamIds));
  const linked = await linkedAtStart(deps, facts, [...teams]);
  const verdictOn = async (lately: readonly Taking[], ofBatch: readonly Taking[], ofOthers: readonly Taking[]) => {
    const pending = [...ofBatch, ...(await inTeams(deps, facts, { takings: ofOthers, teams }))];
    const verdict = judge({ ...linked, window: lately, pending, brakePercent: rules.removalBrakePercent });
    const isHeldBy: TakingsVerdict['isHeld'] = (draft, taking, change) =>
      !draft.approved.has(change) && isHeld(verdict, { kind: taking, teamIds: teamsOf(draft.user, change) });
    return isHeldBy;
  };
  const isTooMany = await verdictOn(window, ofHere, ripening);
  const since = heldSince(drafts, isTooMany);
  if (since === null) return { isHeld: isTooMany };
  const storm = await heldTogether(deps, facts, { since, here });
  const withDecided = takingsOf(drafts, { refusedSince: since, approved: true });
  const isStorm = await verdictOn([...window, ...storm.taken], withDecided, [...ripening, ...storm.pending]);
  return {
    isHeld: (draft, taking, change) =>
      isTooMany(draft, taking, change) || (draft.waiting.has(change) && isStorm(draft, taking, change)),
  };
}

/** What the guard counts, before anybody decides on it. */
interface Pending {
  readonly facts: GuardFacts;
  readonly here: ReadonlySet<string>;
  /** Of the batch, and of everybody else. */
  readonly ofHere: readonly Taking[];
  readonly ripening: readonly Taking[];
  /** Taken lately. */
  readonly window: readonly Taking[];
}

export async function pendingNow(
  deps: LoadDeps,
  { drafts, ...facts }: GuardFacts & Pick<JudgeRequest, 'drafts'>,
): Promise<Pending> {
  const here = new Set(drafts.map(({ read }) => read.objectId));
  const windowStart = new Date(facts.now.getTime() - WINDOW_MS);
  const ofHere = takingsOf(drafts, { refusedSince: windowStart, approved: false });
  const ripening = await ripeningElsewhere(deps, facts, here);
  const window = await takenSince(deps, facts, { since: windowStart, approved: false });
  return { facts, here, ofHere, ripening, window };
}

/** Since when the first of those is held that fewer others would let go now; null where there is none. */
function heldSince(drafts: readonly Draft[], isTooMany: TakingsVerdict['isHeld']): Date | null {
  const moments = drafts.flatMap((draft) =>
    draft.projection.takes.flatMap(({ taking, change }) => {
      const at = draft.waiting.get(change);
      return at === undefined || isTooMany(draft, taking, change) ? [] : [at.getTime()];
    }),
  );
  return moments.length === 0 ? null : new Date(Math.min(...moments));
}

/**
 * What is about to be taken. What was refused within the window counts on, as long as the source asks for it: to refuse
 * a part of a storm must not let the rest of it go.
 */
function takingsOf(
  drafts: readonly Draft[],
  counted: { readonly refusedSince: Date; readonly approved: boolean },
): Taking[] {
  return drafts.flatMap(({ read, user, projection, approved, refused }) =>
    [
      ...projection.takes.filter(({ change }) => counted.approved || !approved.has(change)),
      ...refused.filter(({ at }) => at >= counted.refusedSince),
    ].map(({ taking, change }) => ({ personId: read.objectId, kind: taking, teamIds: teamsOf(user, change) })),
  );
}

function teamsOf(user: UserRow | null, change: PlannedChange): string[] {
  if (change.kind === 'leave') return [change.teamId];
  return user?.memberships.map(({ teamId }) => teamId) ?? [];
}
