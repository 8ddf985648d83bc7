import type { SeededRandom } from '../world/seeded-random.js';

/** How badly notifications travel; shares from 0 to 1. */
export interface DeliverySettings {
  loss: number;
  repeat: number;
  /** Share that is held back behind later ones. */
  reorder: number;
  /** Simulated time every notification waits. */
  delayMs: number;
}

export const PERFECT_DELIVERY: DeliverySettings = { loss: 0, repeat: 0, reorder: 0, delayMs: 0 };

/** A held-back item lets up to this many sendings go first. */
const MOST_PASSES_HELD = 5;

/**
 * Decides an item's fate: for each copy that travels, how many sendings it is held back; an empty list means lost.
 *
 * Drawn when the item arises, three numbers an item whatever the settings, so that a seed gives the same day.
 */
export function drawCopies(settings: DeliverySettings, random: SeededRandom): readonly number[] {
  const [lost, repeated, held] = [random.next(), random.next(), random.next()];
  if (lost < settings.loss) return [];
  const passes = held < settings.reorder ? 1 + Math.floor((held / settings.reorder) * MOST_PASSES_HELD) : 0;
  return repeated < settings.repeat ? [passes, passes + 1] : [passes];
}
