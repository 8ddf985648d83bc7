import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Chance } from '../kernel/chance.js';
import { systemClock } from '../kernel/clock.js';
import type { Store } from './connect.js';
import { isTransient } from './transaction.js';

/** For some seconds: an owner that applies thousands of changes leaves others only the moments between its writes. */
const ATTEMPTS = 60;
const WAITS = { firstMs: 2, mostMs: 60 };

/** One transaction, tried again from fresh reads while it meets others; `work` must be repeatable. Too often: `AppError`. */
export async function inTransaction<T>(
  deps: { readonly store: Store; readonly chance: Chance },
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.store.transaction(work);
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === ATTEMPTS) throw tooBusy(error);
      // Real time on purpose: it only spreads retries, and a test's clock must not hold them up.
      await systemClock.sleep(backoffMs(attempt, WAITS, deps.chance.random));
    }
  }
}

/** Also for the seconds until another process ends what a killed owner of the tenant left open. */
function tooBusy(cause: unknown): AppError {
  const text =
    'This enterprise is being written at the moment. Look whether your change is there; if not, try again in half a minute.';
  return new AppError('enterprise_busy', text, { status: 503, cause });
}
