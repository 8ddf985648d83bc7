import { startService } from '../../../src/compose/service.js';
import { composeJobs, startTenants } from '../../../src/compose/worker/worker.js';
import { type MicrosoftServices, openServices, type Services } from '../../../src/compose.js';
import type { Config } from '../../../src/config/config.js';
import type { Job } from '../../../src/jobs/job-table.js';
import { createLog } from '../../../src/kernel/log.js';
import { createStopping } from '../../../src/kernel/stopping.js';
import { seededChance } from '../../support/seeded-chance.js';
import type { Crowd, Party } from './traffic.js';
import type { VirtualTime } from './virtual-time.js';

/** A process of the service, as far as one process can hold several: own sockets, own clock, killed on its own. */
export interface Instance {
  readonly party: Party;
  readonly services: Services;
  readonly microsoft: MicrosoftServices;
  /** What the alarm clock would ring for: called by hand, because Agenda keeps real time. */
  readonly jobs: readonly Job[];
}

export interface InstanceRequest {
  readonly name: string;
  readonly crowd: Crowd;
  readonly time: VirtualTime;
  readonly config: Config;
  readonly seed: string;
  /** Takes what Graph tells; only one instance can have the port. */
  readonly intake: boolean;
  /** How far its clock is ahead of the true time. */
  readonly aheadMs: number;
}

export async function startInstance(request: InstanceRequest): Promise<Instance> {
  const { name, crowd, time, config, intake } = request;
  const party = crowd.join(name);
  time.set(party, request.aheadMs);
  const started = party.as(async () => {
    const log = createLog(config.logLevel);
    const services = await openServices(config, {
      ...{ log, path: '', clock: time.clockOf(party), chance: seededChance(`${request.seed} ${name}`) },
    });
    const roles = { intake, worker: false, portal: false };
    const { microsoft } = await startService(services, {
      config: { ...config, roles, opsPort: 0, ...(intake ? {} : { port: 0 }) },
      stopping: createStopping(log),
    });
    startTenants(services, { microsoft, config });
    return { party, services, microsoft, jobs: composeJobs(services, config) };
  });
  return started.catch((error: unknown) => {
    party.kill();
    throw error;
  });
}
