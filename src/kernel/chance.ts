import { randomBytes, randomUUID } from 'node:crypto';

/** Chance as an argument. */
export interface Chance {
  /** A number in [0, 1), for jitter only. */
  random(): number;
  guid(): string;
  /** `bytes` random bytes as base64url. */
  token(bytes: number): string;
}

export const systemChance: Chance = {
  random: () => Math.random(),
  guid: () => randomUUID(),
  token: (bytes) => randomBytes(bytes).toString('base64url'),
};
