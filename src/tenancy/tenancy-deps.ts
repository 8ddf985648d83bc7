import type { ClientSession } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { writeAudit } from '../store/audit-log.js';
import type { Store } from '../store/connect.js';
import type { SettingsChangeRow } from './types.js';

export { inTransaction } from '../store/in-transaction.js';

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

/** Leaves a row in the audit log, in the transaction of what it tells. */
export async function audit(
  deps: TenancyDeps,
  session: ClientSession,
  entry: Omit<SettingsChangeRow, '_id' | 'at'>,
): Promise<void> {
  await writeAudit(deps, session, entry);
}
