/**
 * Whether two plain values say the same: dates by their instant, lists in their order, objects whatever the order of
 * their keys; a key that is undefined is one that is not there. Builds nothing, because a run asks it of everybody.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date || b instanceof Date)
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b);
  return hasSame(a, b) && hasSame(b, a);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
}

/** Whether `b` has everything that `a` has, with the same value. */
function hasSame(a: object, b: object): boolean {
  for (const key in a) if (!sameValue(Reflect.get(a, key), Reflect.get(b, key))) return false;
  return true;
}
