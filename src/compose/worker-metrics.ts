import type { Services } from '../compose.js';
import { measureLag } from '../http/tenant-lag.js';
import { measureStanding } from '../reconciliation/standing/standing-metrics.js';
import type { Workers } from '../sync/workers.js';

/** What this worker tells of its tenants, asked when somebody looks. */
export function measureWorkers(services: Services, workers: Pick<Workers, 'held' | 'connected'>): void {
  const { calendars, cursors } = services.mirror;
  const held = () => workers.held();
  measureLag({ ...services, held });
  measureStanding({ ...services, calendars, cursors, held, connected: () => workers.connected() });
}
