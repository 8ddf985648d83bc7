import { Counter } from 'prom-client';
import type { Services } from '../../compose.js';
import { measureLag } from '../../http/tenant-lag.js';
import { measureStanding } from '../../reconciliation/standing/standing-metrics.js';
import type { Workers } from '../../sync/workers.js';

/** Counts work of owners that threw and was started again: now and then while the database changes hands, never for long. */
export function countFailedWork({ metrics }: Pick<Services, 'metrics'>): (work: string) => void {
  // A worker that is started anew in one process counts anew.
  metrics.removeSingleMetric('owner_work_failures_total');
  const failures = new Counter({
    name: 'owner_work_failures_total',
    help: 'Work of owners that failed as a whole and was started again, by kind of work',
    labelNames: ['work'],
    registers: [metrics],
  });
  return (work) => failures.inc({ work });
}

/** What this worker tells of its tenants, asked when somebody looks. */
export function measureWorkers(services: Services, workers: Pick<Workers, 'held' | 'connected'>): void {
  const { calendars, cursors } = services.mirror;
  const held = () => workers.held();
  measureLag({ ...services, held });
  measureStanding({ ...services, calendars, cursors, held, connected: () => workers.connected() });
}
