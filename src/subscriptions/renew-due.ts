import type { TenantGraph } from '../graph/types.js';
import type { Clock } from '../kernel/clock.js';
import type { Execute } from './execute.js';
import type { SubscriptionRows } from './subscriptions-store.js';
import type { SubscriptionRow } from './types.js';

export interface RenewRequest {
  readonly tenantId?: string;
  readonly dueWithinMs: number;
  readonly signal: AbortSignal;
  onProgress(progress: RenewProgress): void;
}

export interface RenewProgress {
  readonly done: number;
  readonly total: number;
  readonly row: SubscriptionRow;
  /** null: it ends later than asked about. */
  readonly renewed: Renewed | null;
}

export interface Renewed {
  /** As it stands now. */
  readonly row: SubscriptionRow;
  /** `left`: Graph does not know it, and the tenant's owner makes it anew. */
  readonly outcome: 'renewed' | 'recreated' | 'left' | 'failed';
  readonly message: string | null;
}

/** Who looks after a tenant's subscriptions: an owner that is alive, nobody, or they are not wanted any more. */
export type Care = 'owned' | 'free' | 'unwanted';

export interface RenewDeps {
  readonly rows: SubscriptionRows;
  readonly execute: Execute;
  readonly clock: Clock;
  graphFor(tenantId: string): TenantGraph;
  careOf(tenantId: string): Promise<Care>;
  /** Asks for a catch-up: a gap may have opened. */
  look(tenantId: string, resource: string): Promise<void>;
  /** Asks our own address what Graph will ask it: null, or what is wrong. */
  whyUnreachable(signal: AbortSignal): Promise<string | null>;
}

/**
 * Renews what ends within a time, with the service up or down: a PATCH needs no owner. Graph is asked first how each
 * stands, because it may know better than our rows. One that Graph does not know any more is noted as gone for the
 * tenant's owner; only where no owner is alive it is made anew here.
 */
export async function renewDue(deps: RenewDeps, request: RenewRequest): Promise<Renewed[]> {
  const { tenantId } = request;
  const rows = tenantId === undefined ? await deps.rows.all() : await deps.rows.ofTenant(tenantId);
  const results: Renewed[] = [];
  for (const [index, row] of rows.entries()) {
    const renewed = await renewOne(deps, row, request);
    if (renewed) results.push(renewed);
    request.onProgress({ done: index + 1, total: rows.length, row, renewed });
  }
  return results;
}

async function renewOne(deps: RenewDeps, row: SubscriptionRow, request: RenewRequest): Promise<Renewed | null> {
  const { execute, clock } = deps;
  const { signal, dueWithinMs } = request;
  const graph = deps.graphFor(row.tenantId);
  switch (row.state) {
    case 'creating':
      // Somebody makes it at this moment, or its owner finds out what became of it.
      return null;
    case 'gone':
      return makeAnew(deps, row, signal);
    case 'active': {
      const checked = await execute.run(graph, { act: 'check', row }, signal);
      const present = await reload(deps, row);
      if (checked.isLost) return makeAnew(deps, present, signal);
      if (!checked.ok) return { row: present, outcome: 'failed', message: checked.message };
      if (present.expiresAt && present.expiresAt.getTime() > clock.nowMs() + dueWithinMs) return null;
      const { ok, isLost, needsLook, message } = await execute.run(graph, { act: 'renew', row: present }, signal);
      if (needsLook) await deps.look(row.tenantId, row.resource);
      const after = await reload(deps, row);
      if (isLost) return makeAnew(deps, after, signal);
      return { row: after, outcome: ok ? 'renewed' : 'failed', message };
    }
  }
}

async function makeAnew(deps: RenewDeps, row: SubscriptionRow, signal: AbortSignal): Promise<Renewed> {
  const lost = 'Microsoft Graph does not know it (404)';
  const care = await deps.careOf(row.tenantId);
  if (care === 'unwanted') {
    return { row, outcome: 'left', message: `${lost}, and it is not wanted any more: the sync is off.` };
  }
  if (care === 'owned') return { row, outcome: 'left', message: `${lost}: the service makes it anew.` };
  const reason = await deps.whyUnreachable(signal);
  if (reason !== null) {
    const text = `${lost}, and it cannot be made anew, because our own address does not answer as Graph wants it`;
    const mend = 'Start the service, which then makes it anew, or check NOTIFICATION_URL.';
    return { row, outcome: 'failed', message: `${text} (${reason}). ${mend}` };
  }
  const { kind, resource, tenantId } = row;
  const action = { act: 'create', desired: { kind, resource }, replaces: row } as const;
  const { ok, needsLook, message } = await deps.execute.run(deps.graphFor(tenantId), action, signal);
  if (needsLook) await deps.look(tenantId, resource);
  return { row: await reload(deps, row), outcome: ok ? 'recreated' : 'failed', message };
}

async function reload({ rows }: RenewDeps, row: SubscriptionRow): Promise<SubscriptionRow> {
  return (await rows.byId(row._id)) ?? row;
}
