import type { ClientSession } from 'mongodb';
import { type GuardVerdict, isHeld, judge, type Taking } from '../../../projection/guard.js';
import type { PlannedChange, Problem, SyncRules, TakingKind } from '../../../projection/types.js';
import type { UserRow } from '../../../records/types.js';
import type { Draft } from '../decide.js';
import type { LoadDeps, Scope } from '../load-inputs.js';
import { linkedAtStart, ripeningElsewhere, takenLately, WINDOW_MS } from './guard-facts.js';

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
  const { scope, now, session, drafts, rules } = request;
  const ripe = drafts.filter(({ mayTake, projection }) => mayTake && projection.takes.length > 0);
  if (ripe.length === 0) return NOTHING_HELD;
  const here = new Set(drafts.map(({ read }) => read.objectId));
  const facts = { scope, now, session };
  const pending = [...takingsOf(drafts, now), ...(await ripeningElsewhere(deps, facts, here))];
  const window = await takenLately(deps, facts);
  const { linkedCount, linkedByTeam } = await linkedAtStart(deps, facts, [
    ...new Set(pending.flatMap((taking) => taking.teamIds)),
  ]);
  const { removalBrakePercent: brakePercent } = rules;
  const verdict: GuardVerdict = judge({ linkedCount, linkedByTeam, window, pending, brakePercent });
  return {
    isHeld: (draft, taking, change) =>
      !draft.approved.has(change) && isHeld(verdict, { kind: taking, teamIds: teamsOf(draft.user, change) }),
  };
}

/**
 * What is about to be taken, without what somebody approved. What was refused within the window counts on, as long as
 * the source asks for it: to refuse a part of a storm must not let the rest of it go.
 */
function takingsOf(drafts: readonly Draft[], now: Date): Taking[] {
  const isRecent = ({ at }: { at: Date }) => now.getTime() - at.getTime() < WINDOW_MS;
  return drafts.flatMap(({ read, user, projection, approved, refused }) =>
    [...projection.takes.filter(({ change }) => !approved.has(change)), ...refused.filter(isRecent)].map(
      ({ taking, change }) => ({ personId: read.objectId, kind: taking, teamIds: teamsOf(user, change) }),
    ),
  );
}

function teamsOf(user: UserRow | null, change: PlannedChange): string[] {
  if (change.kind === 'leave') return [change.teamId];
  return user?.memberships.map(({ teamId }) => teamId) ?? [];
}
