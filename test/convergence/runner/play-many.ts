import type { SigningKeys } from '../../../src/simulator/identity/signing-keys.js';
import { hash32 } from '../../../src/simulator/world/seeded-random.js';
import { type Played, play } from '../history/play.js';
import { type Lane, openLane } from '../history/stage.js';
import { type Step, stepsOf } from '../history/steps.js';

export interface Told extends Played {
  readonly index: number;
  readonly seed: string;
}

/** The seed of one history of a series. */
export const seedOf = (seed: string, index: number) => `${seed}.${index}`;

export async function playOne(lane: Lane, seed: string, steps: readonly Step[] = stepsOf(seed)): Promise<Played> {
  return play(lane, { seed, number: hash32(seed) % 100_000, steps });
}

/**
 * Plays histories in several lanes of this process until `next` has no more.
 *
 * @param given.uriOf  address of a database of its own for each lane
 */
export async function playMany(given: {
  lanes: number;
  seed: string;
  uriOf(lane: number): string;
  next(): Promise<number | null>;
  told(history: Told): void;
}): Promise<void> {
  let signingKeys: SigningKeys | undefined;
  const lanes: Lane[] = [];
  for (let number = 0; number < given.lanes; number += 1) {
    const lane = await openLane(given.uriOf(number), signingKeys);
    signingKeys = lane.signingKeys;
    lanes.push(lane);
  }
  await Promise.all(lanes.map(playAll));
  for (const lane of lanes) await lane.close();

  async function playAll(lane: Lane): Promise<void> {
    for (let index = await given.next(); index !== null; index = await given.next()) {
      const seed = seedOf(given.seed, index);
      given.told({ index, seed, ...(await playOne(lane, seed)) });
    }
  }
}
