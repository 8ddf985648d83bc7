import type { TenantGraph } from '../../graph/types.js';
import { messageOf } from '../../kernel/app-error.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import { forEachAtOnce } from '../../kernel/lists.js';
import type { Log } from '../../kernel/log.js';
import type { Execute } from '../execute.js';
import type { SubscriptionRows } from '../subscriptions-store.js';
import type { SubscriptionRow } from '../types.js';

const LOOK_EVERY_MS = 5 * SECOND_MS;
const AT_ONCE = 4;

export interface FarewellDeps {
  readonly rows: SubscriptionRows;
  readonly execute: Execute;
  readonly clock: Clock;
  readonly log: Log;
  graphFor(tenantId: string): TenantGraph;
  /** Whether an integration works with the tenant now. */
  isConnected(tenantId: string): Promise<boolean>;
}

export interface Farewell {
  stop(): Promise<void>;
}

/**
 * Ends the subscriptions of tenants that are not connected any more: such a tenant has no owner. Every process with
 * workers may do it at once, because a deletion that is repeated finds nothing. Where the tenant does not let us in any
 * more, Graph itself ends them, and the row goes when its time is over.
 */
export function startFarewell(deps: FarewellDeps): Farewell {
  const { rows, clock, log } = deps;
  const abort = new AbortController();
  const loop = run();
  return {
    stop: async () => {
      abort.abort(new Error('the farewell stops'));
      await loop;
    },
  };

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        for (const tenantId of await rows.tenants()) await leave(tenantId);
      } catch (error) {
        if (!abort.signal.aborted) log.warn({ event: 'farewell.failed', error: messageOf(error) }, 'not left yet');
      }
      await clock.sleep(LOOK_EVERY_MS, abort.signal).catch(() => undefined);
    }
  }

  async function leave(tenantId: string): Promise<void> {
    if (abort.signal.aborted || (await deps.isConnected(tenantId))) return;
    const due = (await rows.ofTenant(tenantId)).filter(({ nextTryAt }) => !nextTryAt || nextTryAt <= clock.now());
    const graph = deps.graphFor(tenantId);
    const results: boolean[] = [];
    await forEachAtOnce(due, AT_ONCE, async (row) => {
      results.push(await end(graph, row));
    });
    if (due.length === 0) return;
    const counts = { deleted: results.filter(Boolean).length, left: results.filter((ok) => !ok).length };
    log.info({ event: 'farewell.left', tenantId, ...counts }, 'subscriptions of a tenant that is not connected');
  }

  async function end(graph: TenantGraph, row: SubscriptionRow): Promise<boolean> {
    if (row.expiresAt && row.expiresAt <= clock.now()) {
      await rows.remove(row._id);
      return true;
    }
    return (await deps.execute.run(graph, { act: 'delete', row }, abort.signal)).ok;
  }
}
