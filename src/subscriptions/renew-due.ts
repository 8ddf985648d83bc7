import type { TenantGraph } from '../graph/types.js';
import type { Clock } from '../kernel/clock.js';
import type { Execute, Executed } from './execute.js';
import type { SubscriptionRows } from './subscriptions-store.js';
import type { SubscriptionRow } from './types.js';

export interface RenewRequest {
  readonly tenantId?: string;
  readonly dueWithinMs: number;
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

export interface Renewed {
  readonly row: SubscriptionRow;
  readonly result: Executed;
}

/**
 * Renews what ends within a time, with the service up or down: a PATCH needs no owner. One that Graph does not know
 * any more is left as gone for the tenant's owner to make anew.
 */
export async function renewDue(
  deps: { rows: SubscriptionRows; execute: Execute; clock: Clock; graphFor(tenantId: string): TenantGraph },
  request: RenewRequest,
): Promise<Renewed[]> {
  const before = deps.clock.nowMs() + request.dueWithinMs;
  const due = (await deps.rows.all()).filter(
    ({ state, expiresAt, tenantId }) =>
      state === 'active' &&
      expiresAt !== null &&
      expiresAt.getTime() <= before &&
      (request.tenantId === undefined || request.tenantId === tenantId),
  );
  const renewed: Renewed[] = [];
  for (const row of due) {
    const result = await deps.execute.run(deps.graphFor(row.tenantId), { act: 'renew', row }, request.signal);
    renewed.push({ row, result });
    request.onProgress(renewed.length, due.length);
  }
  return renewed;
}
