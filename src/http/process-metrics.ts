import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge } from 'prom-client';
import type { Metrics } from '../kernel/metrics.js';

const NANOSECONDS = 1e9;
const SHOWN = { '0.5': 50, '0.99': 99 } as const;

/** Shows how late this process gets to its work, since somebody last looked, and how much memory it holds. */
export function measureProcess(metrics: Metrics): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  new Gauge({
    name: 'event_loop_delay_seconds',
    help: 'How late timers of this process were since the last look, by quantile; 1 is the latest',
    labelNames: ['quantile'],
    registers: [metrics],
    collect() {
      for (const [quantile, percentile] of Object.entries(SHOWN))
        this.set({ quantile }, delay.percentile(percentile) / NANOSECONDS);
      this.set({ quantile: '1' }, delay.max / NANOSECONDS);
      delay.reset();
    },
  });
  new Gauge({
    name: 'resident_memory_bytes',
    help: 'Memory that this process holds',
    registers: [metrics],
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return { stop: () => delay.disable() };
}
