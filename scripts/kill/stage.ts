import { connectMicrosoft, openServices } from '../../src/compose.js';
import { parseConfig } from '../../src/config/parse-config.js';
import { SECOND_MS } from '../../src/kernel/clock.js';
import { createLog } from '../../src/kernel/log.js';
import type { Stopping } from '../../src/kernel/stopping.js';
import { createSeededRandom } from '../../src/simulator/world/seeded-random.js';
import { findMongod } from '../../src/store/embedded/find-mongod.js';
import { setUpEnterprise } from '../bench/children/tenant-set-up.js';
import { demoEnvironment, type Environment } from '../stage/environment.js';
import { freePort } from '../stage/free-port.js';
import { createGhs } from '../stage/ghs.js';
import { MONGOD_CACHE } from '../stage/program-paths.js';
import { buildShip, type Ship } from './processes/fleet.js';
import { openFrontDoor } from './processes/front-door.js';
import { startReplicaSet } from './processes/replica-set.js';
import { firstSync, openGroups, startTenants, type Trial } from './trial.js';

export interface StageOptions {
  readonly seed: number;
  /** A folder of the trial's own: databases and logs. */
  readonly folder: string;
  readonly inherit: Readonly<Record<string, string | undefined>>;
  readonly stopping: Stopping;
  readonly children: Set<number>;
  /** Processes to start; without them two intakes and two workers. */
  readonly fleet?: readonly FleetMember[];
  readonly signal: AbortSignal;
  say(line: string): void;
}

export type FleetMember = Pick<Ship, 'name' | 'role'>;

export const FLEET: readonly FleetMember[] = [
  { name: 'intake-1', role: 'intake' },
  { name: 'intake-2', role: 'intake' },
  { name: 'worker-1', role: 'worker' },
  { name: 'worker-2', role: 'worker' },
];
export const APP_SECRET = 'a-secret-for-trials-that-is-long-enough';

/** Three mongods, two processes for each role, simulated tenants in this process, all of them connected and in step. */
export async function startStage(options: StageOptions): Promise<Trial> {
  const { seed, folder, inherit, stopping, signal, say, fleet = FLEET } = options;
  const mongod = { path: inherit['PATH'] ?? '', cacheDir: MONGOD_CACHE, report: say };
  const { binary, version } = await findMongod({ ...mongod, binary: inherit['MONGOD_BINARY'] });
  const set = await startReplicaSet({ ...options, binary });
  stopping.add({ name: 'replica set', limitMs: 30 * SECOND_MS, stop: () => set.stop() });
  say(`Three mongods of version ${version} run in ${folder}`);
  const simulator = await startTenants(seed);
  stopping.add({ name: 'simulator', limitMs: 5 * SECOND_MS, stop: () => simulator.close() });
  const told = { simulator, mongodbUri: set.uri, dataDir: folder, appSecret: APP_SECRET, inherit };
  let notifiedAt = 'http://127.0.0.1:1';
  const settings = (ports: { port: number; opsPort: number }): Environment => ({
    ...demoEnvironment({ ...told, ...ports }).environment,
    NOTIFICATION_URL: notifiedAt,
  });
  const intakes = await build(fleet.filter(({ role }) => role === 'intake'));
  const door = await openFrontDoor(intakes.map(({ port }) => port));
  stopping.add({ name: 'front door', limitMs: 5 * SECOND_MS, stop: () => door.close() });
  notifiedAt = door.url;
  const ships = [...intakes, ...(await build(fleet.filter(({ role }) => role !== 'intake')))];
  stopping.add({ name: 'service', limitMs: 30 * SECOND_MS, stop: () => stopAll(ships) });
  // All at once, on an empty database: each makes the same indexes.
  await Promise.all(ships.map((ship) => ship.start()));
  say(`${ships.map(({ name }) => name).join(', ')} are ready`);

  const environment = settings({ port: await freePort(), opsPort: await freePort() });
  const config = parseConfig(environment);
  const services = await openServices(config, { log: createLog('silent'), path: '' });
  stopping.add({ name: 'database connection', limitMs: 5 * SECOND_MS, stop: () => services.close() });
  const { proofs } = connectMicrosoft(services, config);
  const tenants = [];
  for (const tenant of simulator.world.tenants.values()) {
    const about = { name: tenant.displayName, proofs, tenantId: tenant.id, groupIds: openGroups(tenant) };
    const enterpriseId = await setUpEnterprise(services, about);
    tenants.push(await firstSync({ services, signal }, { enterpriseId, tenant }));
  }
  say(`${tenants.map(({ people }) => people.length).join(' and ')} people of ${tenants.length} tenants are in`);
  const random = createSeededRandom(`kill ${seed}`);
  return { simulator, set, ships, door, services, ghs: createGhs({ environment, signal }), tenants, random, signal };

  function build(some: readonly FleetMember[]): Promise<Ship[]> {
    return Promise.all(some.map((of) => buildShip(of, settings, { ...options, folder })));
  }
}

async function stopAll(ships: readonly Ship[]): Promise<void> {
  await Promise.all(ships.map((ship) => ship.stop()));
}
