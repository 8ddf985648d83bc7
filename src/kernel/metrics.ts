import { Registry } from 'prom-client';

/** One registry a process; each part registers its own metrics in it. */
export type Metrics = Registry;

export function createMetrics(): Metrics {
  return new Registry();
}
