import { type EmailClaim, type EmailHolder, type Rival, settleClaims } from '../projection/claims.js';
import type { Draft } from '../sync/plan/decide.js';
import type { BatchPlan } from '../sync/plan/plan-people.js';
import { wishOf } from '../sync/plan/settle-emails.js';

/** Addresses over everybody who was listed: each chunk of a survey knows only its own people. */
export interface AddressSurvey {
  add(drafts: readonly Draft[], plan: BatchPlan): void;
  end(): AddressesSurveyed;
}

export interface AddressesSurveyed {
  /** People who want an address that others want anew as well, by key. */
  readonly rivals: ReadonlyMap<string, readonly Rival[]>;
  /** Refused in their chunk, though they have the address once everybody has moved. */
  readonly granted: readonly string[];
  /** Refused over everybody, though nothing in their chunk stood in their way. */
  readonly refused: readonly string[];
}

interface Mover extends EmailClaim {
  readonly wasRefused: boolean;
}

export function createAddressSurvey(): AddressSurvey {
  // Only who wants a new address, and only what is decided on: in a first run that is everybody.
  const movers: Mover[] = [];
  const holders = new Map<string, EmailHolder>();
  return {
    add: (drafts, plan) => {
      const refused = new Set(
        plan.people.flatMap(({ draft, waitsForEmail }) => (waitsForEmail === null ? [] : [draft.read.objectId])),
      );
      for (const draft of drafts) {
        const wish = wishOf(draft);
        if (wish.wantedKey === null || wish.wantedKey === wish.currentKey) continue;
        movers.push({ ...wish, wasRefused: refused.has(wish.objectId) });
      }
      for (const [key, holder] of plan.holders) holders.set(key, holder);
    },
    end: () => {
      const rivals = rivalsAmong(movers);
      if (rivals.size === 0 && !movers.some(({ wasRefused }) => wasRefused))
        return { rivals, granted: [], refused: [] };
      const verdicts = settleClaims({ claims: movers, holders, rivals: new Map() });
      const isRefused = ({ objectId }: Mover) => verdicts.get(objectId)?.outcome === 'refused';
      return {
        rivals,
        granted: idsOf(movers.filter((mover) => mover.wasRefused && !isRefused(mover))),
        refused: idsOf(movers.filter((mover) => !mover.wasRefused && isRefused(mover))),
      };
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

function idsOf(movers: readonly Mover[]): string[] {
  return movers.map(({ objectId }) => objectId);
}
