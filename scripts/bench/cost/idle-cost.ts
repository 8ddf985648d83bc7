import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import type { RunningService } from '../children/running-service.js';

/** What a service costs while nothing happens. */
export interface IdleCost {
  /** Of MongoDB, whoever sends them: nobody else uses the server. */
  readonly commandsASecond: number;
  /** Of the service, in ms of one core. */
  readonly cpuMsASecond: number;
  /** What a collection of garbage leaves. */
  readonly heapBytes: number;
}

const SECONDS = 10;
/** What follows the last work, such as plans of subscriptions. */
const REST_MS = 5 * SECOND_MS;
/** A write counts as one command, and a read that goes on as another. */
const COUNTED = ['insert', 'query', 'update', 'delete', 'getmore', 'command'];

export async function idleCost(service: RunningService): Promise<IdleCost> {
  await systemClock.sleep(REST_MS);
  const [commands, before] = [await commandsSoFar(service), await service.footprint()];
  await systemClock.sleep(SECONDS * SECOND_MS);
  const [commandsAfter, after] = [await commandsSoFar(service), await service.footprint()];
  return {
    commandsASecond: (commandsAfter - commands) / SECONDS,
    cpuMsASecond: (after.cpuMs - before.cpuMs) / SECONDS,
    heapBytes: after.heapUsed,
  };
}

async function commandsSoFar({ services }: RunningService): Promise<number> {
  const { opcounters } = await services.store.db.admin().command({ serverStatus: 1 });
  return COUNTED.reduce((sum, name) => sum + Number(opcounters[name] ?? 0), 0);
}
