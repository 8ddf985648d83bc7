/** Repeatable chance: the same seed gives the same numbers in the same order. */
export interface SeededRandom {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** One of a non-empty list. */
  pick<T>(items: readonly [T, ...T[]]): T;
  guid(): string;
}

/** Mulberry32 (Tommy Ettinger, public domain), started from a text so that streams can be named. */
export function createSeededRandom(seed: string | number): SeededRandom {
  let state = hash32(String(seed));
  return { next: () => bits() / 2 ** 32, below, pick, guid };

  function bits(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  function below(limit: number): number {
    return Math.floor((bits() / 2 ** 32) * limit);
  }

  function pick<T>(items: readonly [T, ...T[]]): T {
    return items[below(items.length)] ?? items[0];
  }

  function guid(): string {
    const hex = [bits(), bits(), bits(), bits()].map((word) => word.toString(16).padStart(8, '0')).join('');
    const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** FNV-1a of a text, 32 bits. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
