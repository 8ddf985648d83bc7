import { Gauge } from 'prom-client';
import type { Changes } from '../changes/create-changes.js';
import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import { SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Metrics } from '../kernel/metrics.js';

interface TenantLagDeps {
  readonly metrics: Metrics;
  readonly changes: Pick<Changes, 'oldestOpenMs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Tenants that this process holds. */
  held(): readonly string[];
}

/** Shows how long the oldest open change of each tenant of this process has waited, asked when somebody looks. */
export function measureLag({ metrics, changes, clock, log, held }: TenantLagDeps): void {
  // A worker that is started again in the same process takes the place of the former one.
  metrics.removeSingleMetric('tenant_lag_seconds');
  const lag = new Gauge({
    name: 'tenant_lag_seconds',
    help: 'How long the oldest open change of a tenant has waited, told by the process that holds the tenant',
    labelNames: ['tenant'],
    registers: [metrics],
    collect: async () => {
      // Who lost a tenant says nothing of it any more.
      lag.reset();
      await Promise.all(held().map(ask));
    },
  });

  /** What the database does not tell is left out: the other metrics are needed then more than ever. */
  async function ask(tenant: string): Promise<void> {
    try {
      lag.set({ tenant }, ((await changes.oldestOpenMs(tenant, clock.now())) ?? 0) / SECOND_MS);
    } catch (error) {
      log.warn({ event: 'tenant_lag.unknown', tenantId: tenant, error: messageOf(error) }, 'lag not known');
    }
  }
}
