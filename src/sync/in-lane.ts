import type { Clock } from '../kernel/clock.js';
import { isTransient } from '../store/transaction.js';
import type { Owner } from './owner.js';

const PAUSE_AFTER_ABORT_MS = 20;

/**
 * One transaction in the owner's lane, done again while something else got in its way: a command line that writes
 * settings meets the owner on the same fence.
 */
export async function inLane<T>(
  { clock }: { clock: Clock },
  owner: Owner,
  work: Parameters<typeof owner.transaction<T>>[0],
): Promise<T> {
  for (;;) {
    try {
      return await owner.lane.run(() => owner.transaction(work));
    } catch (error) {
      if (!isTransient(error)) throw error;
      await clock.sleep(PAUSE_AFTER_ABORT_MS, owner.signal);
    }
  }
}
