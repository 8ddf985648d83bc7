import type { WorkParts } from '../../src/compose/worker/foundation.js';
import { startWorker as composeWorker } from '../../src/compose/worker/worker.js';
import { connectMicrosoft, type Services } from '../../src/compose.js';
import type { Config } from '../../src/config/config.js';
import { createMetrics } from '../../src/kernel/metrics.js';
import type { Stack } from './stack.js';

/** The work of a process that does nothing else. Stopped and started again, it knows nothing of what was before. */
export interface Work {
  stop(): Promise<void>;
}

export async function startWork(services: Services, { microsoft, config }: WorkParts): Promise<Work> {
  const { alarm, farewell, workers } = await composeWorker(services, { microsoft, config });
  return {
    stop: async () => {
      await alarm.stop();
      await farewell.stop();
      await workers.stop();
    },
  };
}

/** Work of one more process of a stack, which was started with another configuration. */
export async function startWorker(stack: Stack, changed: Partial<Config>): Promise<Work> {
  const config = { ...stack.config, ...changed };
  const services = { ...stack.services, metrics: createMetrics() };
  return startWork(services, { microsoft: connectMicrosoft(services, config), config });
}
