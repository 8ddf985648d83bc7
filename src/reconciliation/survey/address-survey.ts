import { type EmailClaim, type EmailHolder, type Rival, settleClaims } from '../../projection/claims.js';
import type { Draft } from '../../sync/plan/decide.js';
import type { BatchPlan } from '../../sync/plan/plan-people.js';
import { wishOf } from '../../sync/plan/settle-emails.js';

/** Addresses over everybody who was listed: each chunk of a survey knows only its own people. */
export interface AddressSurvey {
  /** Whoever was added before counts as they are now. */
  add(drafts: readonly Draft[], plan: BatchPlan): void;
  end(): AddressesSurveyed;
}

export interface AddressesSurveyed {
  /** People who want an address that others want anew as well, by key. */
  readonly rivals: ReadonlyMap<string, readonly Rival[]>;
  /** People who are refused over everybody, beyond those who were in their chunks: fewer where somebody moves away. */
  readonly refusedMore: number;
}

interface Mover extends EmailClaim {
  readonly wasRefused: boolean;
}

export function createAddressSurvey(): AddressSurvey {
  // Only who wants a new address, and only what is decided on: in a first run that is everybody.
  const movers = new Map<string, Mover>();
  const holders = new Map<string, EmailHolder>();
  const beyond = new Map<string, readonly Rival[]>();
  return {
    add: (drafts, plan) => {
      const refused = new Set(
        plan.people.flatMap(({ draft, waitsFor }) =>
          waitsFor.some((state) => state.startsWith('email:')) ? [draft.read.objectId] : [],
        ),
      );
      for (const draft of drafts) {
        const wish = wishOf(draft);
        const moves = wish.wantedKey !== null && wish.wantedKey !== wish.currentKey;
        if (moves) movers.set(wish.objectId, { ...wish, wasRefused: refused.has(wish.objectId) });
        else movers.delete(wish.objectId);
      }
      for (const [key, holder] of plan.addresses.holders) holders.set(key, holder);
      for (const [key, rivals] of plan.addresses.rivals) beyond.set(key, rivals);
    },
    end: () => {
      const rivals = rivalsAmong([...movers.values()]);
      if (rivals.size + holders.size + beyond.size === 0) return { rivals, refusedMore: 0 };
      // A newcomer whose address nobody else has or wants gets it and frees none: in a first run nearly everybody.
      const claims = [...movers.values()].filter(
        ({ currentKey, wantedKey, wasRefused }) =>
          wasRefused || currentKey !== null || [rivals, holders, beyond].some((known) => known.has(wantedKey ?? '')),
      );
      movers.clear();
      const verdicts = settleClaims({ claims, holders, rivals: beyond });
      const refusedBefore = claims.filter(({ wasRefused }) => wasRefused).length;
      const refusedNow = [...verdicts.values()].filter(({ outcome }) => outcome === 'refused').length;
      return { rivals, refusedMore: refusedNow - refusedBefore };
    },
  };
}

function rivalsAmong(movers: readonly Mover[]): Map<string, Rival[]> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { wantedKey } of movers) {
    if (wantedKey === null) continue;
    if (seen.has(wantedKey)) shared.add(wantedKey);
    seen.add(wantedKey);
  }
  const rivals = new Map<string, Rival[]>();
  for (const { wantedKey, objectId, recordId } of movers) {
    if (wantedKey === null || !shared.has(wantedKey)) continue;
    const same = rivals.get(wantedKey) ?? [];
    same.push({ objectId, hasRecord: recordId !== null });
    rivals.set(wantedKey, same);
  }
  return rivals;
}
