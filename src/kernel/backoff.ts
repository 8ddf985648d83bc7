/** Milliseconds to wait before the given attempt (1 for the first retry), spread by up to 20 % by `random`. */
export function backoffMs(attempt: number, limits: { firstMs: number; mostMs: number }, random: () => number): number {
  const plain = Math.min(limits.mostMs, limits.firstMs * 2 ** (attempt - 1));
  return Math.round(plain * (0.8 + 0.4 * random()));
}
