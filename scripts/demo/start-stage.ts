import { join } from 'node:path';
import { openServices, type Services } from '../../src/compose.js';
import type { Config } from '../../src/config/config.js';
import { parseConfig } from '../../src/config/parse-config.js';
import { createLog } from '../../src/kernel/log.js';
import type { Stopping } from '../../src/kernel/stopping.js';
import { type Simulator, startSimulator } from '../../src/simulator/server/start-simulator.js';
import { demoEnvironment, type Environment } from '../stage/environment.js';
import { freePort } from '../stage/free-port.js';
import { createGhs, type Ghs } from '../stage/ghs.js';
import { type ServiceProcess, startServiceProcess } from '../stage/service-process.js';
import { keptAppSecret } from './app-secret.js';
import { noteService } from './claim-folder.js';
import type { DemoDatabase } from './open-database.js';

/** The same seed gives the same people, groups and tenant ids in every demo. */
const SEED = 1;

export interface StageOptions {
  readonly dataDir: string;
  readonly people: number;
  readonly groups: number;
  /** In each mailbox from the beginning; none unless given. */
  readonly eventsPerPerson?: number;
  /** 0: any free port. */
  readonly port: number;
  readonly simulatorPort: number;
  readonly inherit: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly stopping: Stopping;
  /** Processes of ours, to be ended at once when nobody wants to wait any more. */
  readonly children: Set<number>;
}

/** MongoDB, the simulated tenants and the service, running. */
export interface Stage {
  readonly simulator: Simulator;
  readonly mongodbUri: string;
  /** Of the service, and as a child process is given them. */
  readonly settings: Environment;
  readonly environment: Environment;
  readonly config: Config;
  readonly url: string;
  readonly opsUrl: string;
  readonly ghs: Ghs;
  /** The same database seen from here, to tell the moment when something is in. */
  readonly services: Services;
  readonly signal: AbortSignal;
  service(): ServiceProcess;
  /** Starts it again after it was killed. */
  restart(): Promise<ServiceProcess>;
}

/** Starts two simulated tenants without consent; the second one is there to be kept out of the first one's data. */
export async function startTenants(options: StageOptions): Promise<Simulator> {
  const { people, groups, eventsPerPerson = 0, simulatorPort: port, stopping } = options;
  const tenants = [
    { people, groups, eventsPerPerson, consentedRoles: [] },
    { people: 6, groups: 1, consentedRoles: [] },
  ];
  const simulator = await startSimulator({ seed: SEED, port, tenants });
  stopping.add({ name: 'simulator', limitMs: 5_000, stop: () => simulator.close() });
  return simulator;
}

/** Starts the service as a child process of ours, on the demo's database. */
export async function startStage(
  options: StageOptions,
  { database, simulator }: { database: DemoDatabase; simulator: Simulator },
): Promise<Stage> {
  const { dataDir, inherit, signal, stopping, children } = options;
  const mongodbUri = database.server.uri;
  const port = options.port === 0 ? await freePort() : options.port;
  const opsPort = await freePort();
  const appSecret = await keptAppSecret(dataDir);
  const told = { simulator, mongodbUri, dataDir, appSecret, port, opsPort, inherit };
  const { settings, environment } = demoEnvironment(told);
  const config = parseConfig(environment);
  const services = await openServices(config, { log: createLog('silent'), path: '' });
  stopping.add({ name: 'database connection', limitMs: 5_000, stop: () => services.close() });
  const logFile = join(dataDir, 'service.log');
  let service = await start();
  stopping.add({ name: 'service', limitMs: 25_000, stop: () => service.stop() });
  return {
    ...{ simulator, mongodbUri, settings, environment, config, services, signal },
    url: `http://127.0.0.1:${port}`,
    opsUrl: `http://127.0.0.1:${opsPort}`,
    ghs: createGhs({ environment, signal }),
    service: () => service,
    restart: async () => {
      service = await start();
      return service;
    },
  };

  async function start(): Promise<ServiceProcess> {
    const started = await startServiceProcess({ environment, logFile, signal });
    children.add(started.pid);
    void started.ended.then(() => children.delete(started.pid));
    await noteService(dataDir, started.pid);
    return started;
  }
}
