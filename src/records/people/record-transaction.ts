import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { backoffMs } from '../../kernel/backoff.js';
import type { Chance } from '../../kernel/chance.js';
import { systemClock } from '../../kernel/clock.js';
import type { Store } from '../../store/connect.js';
import { raiseFence } from '../../store/fence.js';
import { isTransient } from '../../store/transaction.js';

/** The owner of a busy tenant writes many times a second: a few conflicts with it are no failure. */
const ATTEMPTS = 12;
const WAITS = { firstMs: 10, mostMs: 500 };

/**
 * Runs a write to an enterprise's records in one transaction that is ordered with the owner's applies (law L3), and
 * plans it again after a conflict. `work` must take everything it decides on from inside the transaction, and be
 * repeatable: after a lost answer it may find itself done already.
 */
export async function recordTransaction<T>(
  { store, chance }: { store: Store; chance: Chance },
  enterpriseId: string,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.transaction(async (session) => {
        await raiseFence(store, session, enterpriseId);
        return work(session);
      });
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === ATTEMPTS) throw tooBusy(error);
      // Real time on purpose: it only spreads retries, and a test's clock must not hold them up.
      await systemClock.sleep(backoffMs(attempt, WAITS, chance.random));
    }
  }
}

function tooBusy(cause: unknown): AppError {
  const text = 'The records of this enterprise are being written at the moment. Nothing was changed; try again.';
  return new AppError('records_busy', text, { status: 503, cause });
}
