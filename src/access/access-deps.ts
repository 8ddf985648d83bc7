import type { ClientSession } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { type AuditRow, NO_ENTERPRISE, writeAudit } from '../store/audit-log.js';
import type { Store } from '../store/connect.js';

/** What every part of access is built from. */
export interface AccessDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** Least time between two writes of when a session or token was last used, in ms. */
export const SEEN_EVERY_MS = 60_000;

/** Leaves a row in the audit log, in the transaction of what it tells; never with a secret. */
export async function auditAccess(
  deps: AccessDeps,
  session: ClientSession,
  entry: { enterpriseId: string | null } & Pick<AuditRow, 'who' | 'what' | 'before' | 'after'>,
): Promise<void> {
  await writeAudit(deps, session, { ...entry, enterpriseId: entry.enterpriseId ?? NO_ENTERPRISE });
}
