import type { ClientSession } from 'mongodb';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Store } from './connect.js';
import { raiseLive } from './live.js';

/** What somebody, or the service itself, decided about an enterprise; never changed afterwards. */
export interface AuditRow {
  readonly _id: string;
  readonly enterpriseId: string;
  readonly at: Date;
  /** Account, operator or part of the service. */
  readonly who: string;
  /** Such as `settings.changed`, `mapping.added`, `connect.signed_in`, `decision.approved`. */
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
}

export const AUDIT_LOG = 'settingsChanges';

/** Under which enterprise the audit log keeps what concerns none, or all. */
export const NO_ENTERPRISE = '-';

/** Leaves a row in the audit log, in the transaction of what it tells. `_id`: known before, to be found by a repetition. */
export async function writeAudit(
  { store, clock, chance }: { store: Store; clock: Clock; chance: Chance },
  session: ClientSession,
  entry: Omit<AuditRow, '_id' | 'at'> & Partial<Pick<AuditRow, '_id'>>,
): Promise<void> {
  const row = { _id: chance.guid(), at: clock.now(), ...entry };
  raiseLive(session, entry.enterpriseId, 'changes');
  await store.collection<AuditRow>(AUDIT_LOG).insertOne(row, { session });
}
