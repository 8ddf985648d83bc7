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
  readonly wantedKey: string;
  readonly wasRefused: boolean;
}

export function createAddressSurvey(): AddressSurvey {
  // Only who wants a new address, and only what is decided on: in a first run that is everybody. Of a newcomer who got
  // the address in their chunk nothing but it is kept.
  const movers = new Map<string, Mover | string>();
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
        const { objectId, recordId, currentKey, wantedKey } = wishOf(draft);
        const wasRefused = refused.has(objectId);
        if (wantedKey === null || wantedKey === currentKey) movers.delete(objectId);
        else if (recordId === null && !wasRefused) movers.set(objectId, wantedKey);
        else movers.set(objectId, { objectId, recordId, currentKey, wantedKey, wasRefused });
      }
      for (const [key, holder] of plan.addresses.holders) holders.set(key, holder);
      for (const [key, rivals] of plan.addresses.rivals) beyond.set(key, rivals);
    },
    end: () => {
      const rivals = rivalsAmong(movers);
      // A newcomer whose address nobody else has or wants gets it and frees none: in a first run nearly everybody.
      const claims: Mover[] = [];
      for (const [objectId, wish] of movers) {
        const isContested = [rivals, holders, beyond].some((known) => known.has(wantedOf(wish)));
        if (typeof wish !== 'string') claims.push(wish);
        else if (isContested) claims.push(newcomer(objectId, wish));
      }
      movers.clear();
      const verdicts = settleClaims({ claims, holders, rivals: beyond });
      const refusedBefore = claims.filter(({ wasRefused }) => wasRefused).length;
      const refusedNow = [...verdicts.values()].filter(({ outcome }) => outcome === 'refused').length;
      return { rivals, refusedMore: refusedNow - refusedBefore };
    },
  };
}

function newcomer(objectId: string, wantedKey: string): Mover {
  return { objectId, recordId: null, currentKey: null, wantedKey, wasRefused: false };
}

function wantedOf(wish: Mover | string): string {
  return typeof wish === 'string' ? wish : wish.wantedKey;
}

function rivalsAmong(movers: ReadonlyMap<string, Mover | string>): Map<string, Rival[]> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const wish of movers.values()) {
    const key = wantedOf(wish);
    if (seen.has(key)) shared.add(key);
    seen.add(key);
  }
  const rivals = new Map<string, Rival[]>();
  for (const [objectId, wish] of movers) {
    const key = wantedOf(wish);
    if (!shared.has(key)) continue;
    const same = rivals.get(key) ?? [];
    same.push({ objectId, hasRecord: typeof wish !== 'string' && wish.recordId !== null });
    rivals.set(key, same);
  }
  return rivals;
}
