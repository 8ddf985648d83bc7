import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { backoffMs } from '../kernel/backoff.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, systemClock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { writeAudit } from '../store/audit-log.js';
import type { Store } from '../store/connect.js';
import { isTransient } from '../store/transaction.js';
import type { SettingsChangeRow } from './types.js';

/** What every part of tenancy is built from. */
export interface TenancyDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** Whether a tenant has given people to this enterprise, or to another one: the records know. */
export interface TenantLinks {
  ofThis(of: { readonly enterpriseId: string; readonly tenantId: string }, session: ClientSession): Promise<boolean>;
  ofOthers(of: { readonly enterpriseId: string; readonly tenantId: string }, session: ClientSession): Promise<boolean>;
}

/** Deps of what binds an enterprise to a tenant. */
export interface TenantDeps extends TenancyDeps {
  readonly tenantLinks: TenantLinks;
}

const ATTEMPTS = 12;

/** One transaction, tried again from fresh reads while it meets others; `work` must be repeatable. Too often: `AppError`. */
export async function inTransaction<T>(
  deps: Pick<TenancyDeps, 'store' | 'chance'>,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.store.transaction(work);
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === ATTEMPTS) throw tooBusy(error);
      // Real time on purpose: it only spreads retries, and a test's clock must not hold them up.
      await systemClock.sleep(backoffMs(attempt, { firstMs: 2, mostMs: 100 }, deps.chance.random));
    }
  }
}

/** Also for the seconds until another process ends what a killed owner of the tenant left open. */
function tooBusy(cause: unknown): AppError {
  const text =
    'This enterprise is being written at the moment. Look whether your change is there; if not, try again in half a minute.';
  return new AppError('enterprise_busy', text, { status: 503, cause });
}

/** Leaves a row in the audit log, in the transaction of what it tells. */
export async function audit(
  deps: TenancyDeps,
  session: ClientSession,
  entry: Omit<SettingsChangeRow, '_id' | 'at'>,
): Promise<void> {
  await writeAudit(deps, session, entry);
}
