/** One person's wish for an address. */
export interface EmailClaim {
  readonly objectId: string;
  /** null: no record yet. */
  readonly recordId: string | null;
  /** Address held now; null for newcomers and archived profiles. */
  readonly currentKey: string | null;
  /** null: no wish; what is held stays held. */
  readonly wantedKey: string | null;
}

/** The profile that holds an address now. */
export interface EmailHolder {
  readonly recordId: string;
  /** How the profile came into GetHomeSafe (E31). */
  readonly origin: HolderOrigin;
  /** The directory person it belongs to; null for profiles that only GetHomeSafe knows. */
  readonly linkedObjectId: string | null;
  readonly sameEnterprise: boolean;
}

export type HolderOrigin = 'manual' | 'entra' | 'other_integration';

/** Somebody in the directory beyond the batch who wants an address too. */
export interface Rival {
  readonly objectId: string;
  /** Somebody with a record goes before newcomers. */
  readonly hasRecord: boolean;
}

export interface ClaimsInput {
  readonly claims: readonly EmailClaim[];
  /** Holders of wanted addresses, by key. */
  readonly holders: ReadonlyMap<string, EmailHolder>;
  /** Directory people who want an address, by key, as far as known beyond this batch; claimants may be among them. */
  readonly rivals: ReadonlyMap<string, readonly Rival[]>;
}

/** The profile that stands in somebody's way. */
export type NamedHolder = Pick<EmailHolder, 'recordId' | 'origin' | 'linkedObjectId'>;

export type Refusal =
  | {
      readonly code: 'duplicate_email';
      readonly key: string;
      /** Named only within the enterprise (E24). */
      readonly holder: NamedHolder | null;
    }
  | { readonly code: 'duplicate_email_in_source'; readonly key: string; readonly others: readonly string[] };

export type ClaimVerdict = { readonly outcome: 'granted' } | { readonly outcome: 'refused'; readonly refusal: Refusal };

type Wish = EmailClaim & { readonly wantedKey: string };

/**
 * Who may have which address, whatever the order of the claims (E22 to E31).
 *
 * Who holds the wanted address keeps it. Of those who want it anew, somebody with a record goes before newcomers; two
 * of a kind rule each other out. The one left gets it if it is free or its holder moves away in the same batch, so that
 * swaps, cycles and chains with a free end are granted together and everybody behind a holder who stays is refused.
 */
export function settleClaims(input: ClaimsInput): Map<string, ClaimVerdict> {
  const wishes = input.claims.filter((claim): claim is Wish => claim.wantedKey !== null);
  const wanters = groupByKey(wishes);
  const holders = holdersOf(input);
  const claimants = new Set(input.claims.map(({ objectId }) => objectId));
  const verdicts = new Map<string, ClaimVerdict>(
    input.claims.map(({ objectId }) => [objectId, { outcome: 'granted' } as const]),
  );
  const refuseWish = ({ objectId }: Wish, refusal: Refusal) => verdicts.set(objectId, { outcome: 'refused', refusal });

  const movers = new Map<string, Wish>();
  for (const wish of wishes) {
    const holder = holders.get(wish.wantedKey);
    if (holds(wish, holder)) continue;
    const others = rivalsOf(wish, { wanters, holders, rivals: input.rivals, claimants });
    if (others.length > 0) refuseWish(wish, { code: 'duplicate_email_in_source', key: wish.wantedKey, others });
    else movers.set(wish.objectId, wish);
  }
  for (const { wish, holder } of blocked(movers, { holders, claims: input.claims })) {
    refuseWish(wish, { code: 'duplicate_email', key: wish.wantedKey, holder });
  }
  return verdicts;
}

interface Ground {
  readonly wanters: ReadonlyMap<string, readonly Wish[]>;
  readonly holders: ReadonlyMap<string, EmailHolder>;
  readonly rivals: ClaimsInput['rivals'];
  /** Object ids of this batch: their claims say more than what is remembered of them. */
  readonly claimants: ReadonlySet<string>;
}

/** Directory people whose wish for the same address rules this one out, in a stable order. */
function rivalsOf(wish: Wish, { wanters, holders, rivals, claimants }: Ground): string[] {
  const key = wish.wantedKey;
  const here = wanters.get(key) ?? [];
  const holder = holders.get(key);
  const keeper = here.find((other) => holds(other, holder));
  if (keeper) return [keeper.objectId];
  const others = here.filter((other) => other !== wish && (other.recordId !== null || wish.recordId === null));
  const beyond = (rivals.get(key) ?? []).filter(({ objectId }) => !claimants.has(objectId));
  const counted = beyond.filter(({ hasRecord }) => hasRecord || wish.recordId === null);
  return [...new Set([...others, ...counted].map(({ objectId }) => objectId))].sort();
}

interface Blocked {
  readonly wish: Wish;
  readonly holder: NamedHolder | null;
}

/** Movers behind a holder who stays; who is refused stays too, so that the next one behind is blocked as well. */
function blocked(
  movers: Map<string, Wish>,
  { holders, claims }: { holders: ReadonlyMap<string, EmailHolder>; claims: readonly EmailClaim[] },
): Blocked[] {
  const claimants = new Map(
    claims.flatMap(({ recordId, objectId }) => (recordId === null ? [] : [[recordId, objectId]])),
  );
  // Rivals are out by now: nobody else moves to the same address.
  const moverTo = new Map([...movers.values()].map((wish) => [wish.wantedKey, wish]));
  const stuck = [...movers.values()].filter(({ wantedKey }) => {
    const holder = holders.get(wantedKey);
    return holder && !movers.has(claimants.get(holder.recordId) ?? '');
  });
  const refused: Blocked[] = [];
  for (let wish = stuck.pop(); wish; wish = stuck.pop()) {
    if (!movers.delete(wish.objectId)) continue;
    refused.push({ wish, holder: named(holders.get(wish.wantedKey)) });
    const behind = wish.currentKey === null ? undefined : moverTo.get(wish.currentKey);
    if (behind) stuck.push(behind);
  }
  return refused;
}

function named(holder: EmailHolder | undefined): NamedHolder | null {
  if (!holder?.sameEnterprise) return null;
  const { recordId, origin, linkedObjectId } = holder;
  return { recordId, origin, linkedObjectId };
}

/** A record can have come between the look at the people and the look at the addresses: by its link it is their own. */
function holds(claim: EmailClaim, holder: EmailHolder | undefined): boolean {
  if (holder?.linkedObjectId === claim.objectId) return true;
  return claim.currentKey === claim.wantedKey || (claim.recordId !== null && holder?.recordId === claim.recordId);
}

/** What claimants hold is known from their claims too; within one batch everybody is of one enterprise. */
function holdersOf({ claims, holders }: ClaimsInput): Map<string, EmailHolder> {
  const all = new Map(holders);
  for (const { objectId, recordId, currentKey } of claims) {
    if (recordId === null || currentKey === null || all.has(currentKey)) continue;
    all.set(currentKey, { recordId, origin: 'entra', linkedObjectId: objectId, sameEnterprise: true });
  }
  return all;
}

function groupByKey(wishes: readonly Wish[]): Map<string, Wish[]> {
  const groups = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const same = groups.get(wish.wantedKey);
    if (same) same.push(wish);
    else groups.set(wish.wantedKey, [wish]);
  }
  return groups;
}
