/**
 * Properties are tried with the same values each time, so that a commit passes or fails once and for all. PROPERTY_SEED
 * names another seed, or `random`: then each property draws one and says it when it fails.
 */
const SEED = 20_260_105;

/** @returns null: whatever seed comes up. @throws Error for what is neither a whole number nor `random` */
export function propertySeed(named: string | undefined): number | null {
  if (named === undefined || named === '') return SEED;
  if (named === 'random') return null;
  const seed = Number(named);
  if (!Number.isInteger(seed)) throw new Error(`PROPERTY_SEED is "${named}": give a whole number or "random".`);
  return seed;
}
