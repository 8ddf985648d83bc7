import { Gauge } from 'prom-client';
import type { Changes } from '../changes/create-changes.js';
import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import { SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Metrics } from '../kernel/metrics.js';

interface TenantLagDeps {
  readonly metrics: Metrics;
  readonly changes: Pick<Changes, 'oldestOpened'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Tenants that this process holds. */
  held(): readonly string[];
}

/** So many tenants of a process are told apart, those that wait longest: each is a time series of its own. Our choice. */
const TENANTS_TOLD = 20;

/** Shows how long the oldest open change of the tenants of this process has waited, asked when somebody looks. */
export function measureLag({ metrics, changes, clock, log, held }: TenantLagDeps): void {
  // A worker that is started again in the same process takes the place of the former one.
  metrics.removeSingleMetric('tenant_lag_seconds');
  const lag = new Gauge({
    name: 'tenant_lag_seconds',
    help: `How long the oldest open change of a tenant has waited, told by the process that holds the tenant, of the ${TENANTS_TOLD} that wait longest`,
    labelNames: ['tenant'],
    registers: [metrics],
    collect: async () => {
      const tenants = held();
      const opened = await oldest(tenants);
      // Who lost a tenant says nothing of it any more.
      lag.reset();
      if (opened === null) return;
      const waits = tenants.map((tenant) => [tenant, secondsSince(opened.get(tenant))] as const);
      for (const [tenant, seconds] of waits.sort(([, a], [, b]) => b - a).slice(0, TENANTS_TOLD))
        lag.set({ tenant }, seconds);
    },
  });

  /** What the database does not tell is left out: the other metrics are needed then more than ever. */
  async function oldest(tenants: readonly string[]): Promise<ReadonlyMap<string, Date> | null> {
    try {
      return await changes.oldestOpened(tenants);
    } catch (error) {
      log.warn({ event: 'tenant_lag.unknown', error: messageOf(error) }, 'lag not known');
      return null;
    }
  }

  function secondsSince(at: Date | undefined): number {
    return at === undefined ? 0 : Math.max(0, clock.nowMs() - at.getTime()) / SECOND_MS;
  }
}
