import type { Services } from '../../src/compose.js';
import { startWorker, type WorkParts } from '../../src/compose-worker.js';

/** The work of a process that does nothing else. Stopped and started again, it knows nothing of what was before. */
export interface Work {
  stop(): Promise<void>;
}

export async function startWork(services: Services, { microsoft, config }: WorkParts): Promise<Work> {
  const { alarm, farewell, workers } = await startWorker(services, { microsoft, config });
  return {
    stop: async () => {
      await alarm.stop();
      await farewell.stop();
      await workers.stop();
    },
  };
}
