import { withBenchDatabase } from '../bench-database.js';
import type { BenchDeps } from '../report.js';
import { type RunningService, startRunningService } from './running-service.js';
import { type SimulatedTenant, startTenant } from './simulated-tenant.js';

export interface ServiceAtTenant {
  readonly tenant: SimulatedTenant;
  readonly service: RunningService;
  /** Of mongod. */
  readonly version: string;
}

/** A database, a simulated tenant and the service that is connected to it, gone afterwards. */
export function withService<T>(
  deps: BenchDeps,
  size: Parameters<typeof startTenant>[0],
  work: (given: ServiceAtTenant) => Promise<T>,
): Promise<T> {
  return withBenchDatabase(deps, async ({ uri, version }) => {
    const tenant = await startTenant(size, deps.environment);
    const { groupIds } = tenant;
    const service = await startRunningService({ mongodbUri: uri, tenant, groupIds, inherit: deps.environment });
    try {
      return await work({ tenant, service, version });
    } finally {
      await service.stop();
      await tenant.stop();
    }
  });
}
