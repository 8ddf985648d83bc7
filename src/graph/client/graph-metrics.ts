import { Counter, Histogram } from 'prom-client';
import type { Metrics } from '../../kernel/metrics.js';

export interface GraphMetrics {
  /** @param status  HTTP status, 0 where no answer came; @param seconds  of one attempt */
  observe(attempt: { status: number; kind: string; seconds: number }): void;
  throttled(): void;
  units(count: number): void;
}

export function createGraphMetrics(metrics: Metrics): GraphMetrics {
  const registers = [metrics];
  const requests = new Counter({
    name: 'graph_requests_total',
    help: 'HTTP requests to Microsoft Graph by status (0: no answer) and kind of call',
    labelNames: ['status', 'kind'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'graph_request_seconds',
    help: 'Seconds from sending a request to Microsoft Graph to having read its answer',
    labelNames: ['kind'] as const,
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const throttledTotal = new Counter({
    name: 'graph_throttled_total',
    help: 'Answers of Microsoft Graph that asked to wait, items of batches included',
    registers,
  });
  const unitsTotal = new Counter({
    name: 'graph_resource_units_total',
    help: 'Resource units that Microsoft Graph counted, or our estimate where it said nothing',
    registers,
  });
  return {
    observe: ({ status, kind, seconds: took }) => {
      requests.inc({ status: String(status), kind });
      seconds.observe({ kind }, took);
    },
    throttled: () => throttledTotal.inc(),
    units: (count) => unitsTotal.inc(count),
  };
}
