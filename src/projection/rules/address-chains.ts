import type { ClaimsInput } from '../claims.js';

/** People of a batch whose wishes for addresses hang together, and who is missing to decide on them together. */
export interface AddressChain {
  /** People of the batch. */
  readonly objectIds: readonly string[];
  /** Directory people beyond the batch who hold an address that somebody of the chain wants. */
  readonly missing: readonly string[];
}

/**
 * The chains of a batch that hang on somebody beyond it: who wants the address of a linked person can have it only
 * where that one moves away, so that both are decided together, and whoever holds what that one wants, and so on.
 * In the order of the claims, which is that of the people in each chain as well.
 */
export function openChains({ claims, holders }: Omit<ClaimsInput, 'rivals'>): AddressChain[] {
  const here = new Set(claims.map(({ objectId }) => objectId));
  const groups = createGroups();
  const missing = new Map<string, string>();
  for (const { objectId, currentKey, wantedKey } of claims) {
    if (currentKey !== null) groups.join(objectId, keyNode(currentKey));
    if (wantedKey === null || wantedKey === currentKey) continue;
    groups.join(objectId, keyNode(wantedKey));
    const holder = holders.get(wantedKey)?.linkedObjectId ?? null;
    if (holder !== null && !here.has(holder)) missing.set(objectId, holder);
  }
  if (missing.size === 0) return [];
  const chains = new Map<string, { objectIds: string[]; missing: Set<string> }>();
  for (const { objectId } of claims) {
    const group = groups.of(objectId);
    const chain = chains.get(group) ?? { objectIds: [], missing: new Set() };
    chain.objectIds.push(objectId);
    const holder = missing.get(objectId);
    if (holder !== undefined) chain.missing.add(holder);
    chains.set(group, chain);
  }
  return [...chains.values()].flatMap((chain) =>
    chain.missing.size === 0 ? [] : { objectIds: chain.objectIds, missing: [...chain.missing] },
  );
}

function keyNode(key: string): string {
  return `key ${key}`;
}

/** What was joined, directly or through others, is in one group. */
function createGroups() {
  const parents = new Map<string, string>();
  const of = (node: string): string => {
    let root = node;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    // Everything on the way points at the root from now on, so that long chains stay cheap.
    for (let at = node; at !== root; ) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  return {
    of,
    join: (a: string, b: string) => {
      const [rootA, rootB] = [of(a), of(b)];
      if (rootA !== rootB) parents.set(rootA, rootB);
    },
  };
}
