import type { AddressChain } from '../../projection/rules/address-chains.js';
import type { PersonRead } from '../plan/decide.js';

/**
 * The next applies of people who were left out because they hung on somebody: each with the people they hung on, so
 * that no chain is cut, and as many chains in one apply as fit (law L4). Each person is in one of them.
 */
export function packChains({
  chains,
  reads,
  most,
}: {
  readonly chains: readonly AddressChain[];
  readonly reads: readonly PersonRead[];
  readonly most: number;
}): PersonRead[][] {
  const readOf = new Map(reads.map((read) => [read.objectId, read]));
  const packs: PersonRead[][] = [];
  for (const chain of joined(chains)) {
    const people = chain.flatMap((objectId) => readOf.get(objectId) ?? []);
    const last = packs.at(-1);
    if (last && last.length + people.length <= most) last.push(...people);
    else if (people.length > 0) packs.push(people);
  }
  // Two chains that turned out to be one may be too long together.
  return packs.flatMap((pack) => slices(pack, most));
}

/** Chains that have somebody in common are one: halves of a batch were planned apart. */
function joined(chains: readonly AddressChain[]): string[][] {
  const groups: Set<string>[] = [];
  for (const { objectIds, missing } of chains) {
    const group = new Set([...objectIds, ...missing]);
    for (let index = groups.length - 1; index >= 0; index -= 1) {
      const other = groups[index];
      if (!other || ![...group].some((id) => other.has(id))) continue;
      for (const id of other) group.add(id);
      groups.splice(index, 1);
    }
    groups.push(group);
  }
  return groups.map((group) => [...group]);
}

function slices<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}
