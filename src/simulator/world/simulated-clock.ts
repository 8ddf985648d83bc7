import { type Clock, systemClock } from '../../kernel/clock.js';
import type { SimulatedClock } from './types.js';

/** A clock that follows `base` and can be moved ahead, never back. */
export function createSimulatedClock(base: Pick<Clock, 'nowMs'> = systemClock): SimulatedClock {
  let aheadMs = 0;
  return {
    nowMs: () => base.nowMs() + aheadMs,
    advance: (ms) => {
      if (ms < 0) throw new RangeError('A simulated clock cannot go back.');
      aheadMs += ms;
    },
  };
}
