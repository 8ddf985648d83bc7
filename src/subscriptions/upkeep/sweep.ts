import type { GraphSubscription, TenantGraph } from '../../graph/types.js';
import { AppError } from '../../kernel/app-error.js';
import type { Execute } from '../execute.js';
import { isOf, straysOf } from '../plan.js';
import type { SubscriptionRows } from '../subscriptions-store.js';
import type { SubscriptionRow } from '../types.js';

export interface SweepRequest {
  readonly tenantId: string;
  /** Base address of before a move: everything of ours there is deleted. Left out: our own address. */
  readonly oldUrl?: string | undefined;
  /** Only tell what would be done. */
  readonly dry?: boolean | undefined;
  readonly signal: AbortSignal;
}

export interface Swept {
  readonly tenantId: string;
  /** Graph's ids of those that were deleted. */
  readonly deleted: readonly string[];
  /** Resources whose subscription Graph does not know, or does not any more: the tenant's owner makes them anew. */
  readonly lost: readonly string[];
  /** Of our application under other addresses: never touched. */
  readonly foreign: number;
  /** What could not be done, in words. */
  readonly failures: readonly string[];
}

export interface SweepDeps {
  readonly rows: SubscriptionRows;
  readonly execute: Execute;
  /** Base address under which Graph reaches us. */
  readonly notificationUrl: string;
  graphFor(tenantId: string): TenantGraph;
}

const PATH = '/graph/notifications';

/**
 * Brings rows and Graph together: what Graph holds under our address without a row is deleted, and rows that Graph does
 * not know are noted as gone. Rows are read after Graph's list, so that what is being made meanwhile is no stray.
 */
export async function sweepSubscriptions(deps: SweepDeps, request: SweepRequest): Promise<Swept> {
  const { tenantId, oldUrl, dry = false, signal } = request;
  const graph = deps.graphFor(tenantId);
  const own = addressOf(deps.notificationUrl);
  const address = oldUrl === undefined ? own : addressOf(oldUrl);
  if (oldUrl !== undefined && address === own) throw isOurs(oldUrl);
  const listed = await graph.listSubscriptions({ signal });
  const rows = await deps.rows.ofTenant(tenantId);
  const strays = oldUrl === undefined ? withoutNew(rows, listed, own) : at(listed, address);
  const result = { deleted: [] as string[], lost: [] as string[], failures: [] as string[] };
  for (const { id } of strays) {
    const action = { act: 'delete_stray', subscriptionId: id } as const;
    const { ok, message } = dry ? { ok: true, message: null } : await deps.execute.run(graph, action, signal);
    if (ok) result.deleted.push(id);
    else result.failures.push(`${id}: ${message}`);
  }
  const there = new Set(listed.map(({ id }) => id).filter((id) => !result.deleted.includes(id)));
  for (const row of rows) {
    if (row.state !== 'active' || there.has(row.subscriptionId ?? '')) continue;
    // A list may be old: only the 404 of its own GET makes it count as gone.
    const checked = dry
      ? { isLost: true, message: null }
      : await deps.execute.run(graph, { act: 'check', row }, signal);
    if (checked.isLost) result.lost.push(row.resource);
    else if (checked.message) result.failures.push(`${row.resource}: ${checked.message}`);
  }
  const foreign = listed.filter(({ notificationUrl }) => notificationUrl !== own && notificationUrl !== address).length;
  return { tenantId, ...result, foreign };
}

function withoutNew(rows: readonly SubscriptionRow[], listed: readonly GraphSubscription[], own: string) {
  const creating = rows.filter(({ state }) => state === 'creating');
  const strays = [...straysOf({ listed, rows, notificationUrl: own }).values()];
  return strays.filter((stray) => !creating.some((row) => isOf(row, stray)));
}

function at(listed: readonly GraphSubscription[], address: string): readonly GraphSubscription[] {
  return listed.filter(({ notificationUrl }) => notificationUrl === address);
}

/** As Graph holds it, from the base address or from the whole one. */
function addressOf(url: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith(PATH) ? base : `${base}${PATH}`;
}

function isOurs(url: string): AppError {
  const text = `${url} is our present address: what Graph holds there is in use. Without --url only strays are deleted.`;
  return new AppError('address_in_use', text, { status: 409, field: 'url' });
}
