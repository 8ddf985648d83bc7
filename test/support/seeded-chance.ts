import type { Chance } from '../../src/kernel/chance.js';
import { createSeededRandom } from '../../src/simulator/world/seeded-random.js';

/** Chance that comes the same way each time. */
export function seededChance(seed: string): Chance {
  const random = createSeededRandom(seed);
  return {
    random: random.next,
    guid: random.guid,
    token: (bytes) => {
      const hex = Array.from({ length: Math.ceil(bytes / 16) }, () => random.guid().replaceAll('-', '')).join('');
      return Buffer.from(hex, 'hex').subarray(0, bytes).toString('base64url');
    },
  };
}
