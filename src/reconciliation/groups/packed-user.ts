import { type GraphUser, USER_ATTRIBUTES } from '../../graph/graph-user.js';
import { hasNoExtensions } from '../../projection/attributes.js';

type Packed = Pick<GraphUser, (typeof USER_ATTRIBUTES)[number]>;

/** `id` is known by whoever keeps it. */
const PACKED = USER_ATTRIBUTES.filter((name) => name !== 'id');

/**
 * What Graph said of somebody, as one text: in a first run everybody waits in memory until all groups are read, and as
 * an object they take three times as much. Null and not read stay apart (law L8).
 */
export function packUser(user: Packed): string {
  const { onPremisesExtensionAttributes: extensions } = user;
  // None of the fifteen is what most people have, and says the same as null.
  const given = extensions && hasNoExtensions(extensions) ? { ...user, onPremisesExtensionAttributes: null } : user;
  const isWhole = PACKED.every((name) => given[name] !== undefined);
  return JSON.stringify(isWhole ? PACKED.map((name) => given[name]) : { ...given, id: undefined });
}

export function unpackUser(packed: string): Omit<Packed, 'id'> {
  const said: unknown = JSON.parse(packed);
  return Array.isArray(said) ? Object.fromEntries(PACKED.map((name, at) => [name, said[at]])) : (said as Packed);
}
