import { DateTime } from 'luxon';
import { freePort } from '../../scripts/stage/free-port.js';
import { startService } from '../../src/compose/service.js';
import { type MicrosoftServices, openServices, type Services } from '../../src/compose.js';
import type { Config } from '../../src/config/config.js';
import { parseConfig } from '../../src/config/parse-config.js';
import { createLog } from '../../src/kernel/log.js';
import { createStopping } from '../../src/kernel/stopping.js';
import type { RunRow } from '../../src/reconciliation/types.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server/start-simulator.js';
import type { Tenant } from '../../src/simulator/world/types.js';
import { openTestStore } from './database.js';

/** The whole service in this process, on the run's mongod, against a simulated tenant over HTTP. */
export interface Stack {
  readonly simulator: Simulator;
  readonly tenant: Tenant;
  readonly services: Services;
  readonly microsoft: MicrosoftServices;
  readonly config: Config;
  readonly url: string;
  readonly opsUrl: string;
  readonly enterpriseId: string;
  readonly organisationId: string;
  /** Team ids by name. */
  readonly teams: Readonly<Record<string, string>>;
  /** Runs a sync and waits for its end. */
  sync(options?: { dry?: boolean }): Promise<RunRow>;
  close(): Promise<void>;
}

/** Short times: the rules are the same, only the waiting is not. */
const TIMES = {
  LAG_DIRECTORY_MS: '0',
  LAG_MAILBOX_MS: '0',
  LOOKS_MS: '200,500',
  RIPENING_MS: '300',
  GONE_CONFIRM_MS: '500',
  PROBLEM_DELAY_MS: '0',
};

export interface StackOptions {
  readonly simulator?: SimulatorOptions;
  readonly env?: Readonly<Record<string, string>>;
  readonly teamNames?: readonly string[];
  /** Default off: most tests are about people and teams. */
  readonly calendarSync?: boolean;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const database = await openTestStore();
  await database.store.close();
  const simulator = await startSimulator({ people: 0, groups: 0, ...options.simulator });
  const [first] = simulator.world.tenants.values();
  if (!first) throw new Error('the simulator has no tenant');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const opsPort = await freePort();
  const config = stackConfig({ simulator, uri: database.uri, port, opsPort, env: options.env ?? {} });
  const log = createLog(config.logLevel);
  const stopping = createStopping(log);
  const services = await openServices(config, { log, path: '' });
  stopping.add({ name: 'database', limitMs: 5_000, stop: () => services.close() });
  const running = await startService(services, { config, stopping });
  const { microsoft } = running;
  const setUp = await setUpEnterprise({
    services,
    microsoft,
    tenant: first,
    names: options.teamNames ?? ['North', 'South'],
    calendarSync: options.calendarSync ?? false,
  });
  return {
    simulator,
    tenant: first,
    services,
    microsoft,
    config,
    url,
    opsUrl: `http://127.0.0.1:${running.opsPort}`,
    ...setUp,
    sync: (wanted) => sync(services, setUp.enterpriseId, wanted?.dry ?? false),
    close: async () => {
      await stopping.stop();
      await simulator.close();
      await dropDatabase(database.uri);
    },
  };
}

/** The service's configuration against a simulated Microsoft, with short times. */
export function stackConfig(parts: {
  simulator: Simulator;
  uri: string;
  port: number;
  opsPort: number;
  env: Readonly<Record<string, string>>;
}): Config {
  const { simulator, uri, port, opsPort, env } = parts;
  return parseConfig({
    AZURE_CLIENT_ID: simulator.clientId,
    AZURE_CLIENT_SECRET: simulator.clientSecret,
    AZURE_AUTHORITY_HOST: simulator.url,
    GRAPH_BASE_URL: simulator.url,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MONGODB_URI: uri,
    PORT: String(port),
    OPS_PORT: String(opsPort),
    APP_SECRET: 'a-secret-for-tests-that-is-long-enough',
    LOG_LEVEL: process.env['GHS_TEST_LOG'] ?? 'silent',
    ...TIMES,
    ...env,
  });
}

export async function setUpEnterprise(parts: {
  services: Services;
  microsoft: MicrosoftServices;
  tenant: Tenant;
  names: readonly string[];
  calendarSync: boolean;
  /** Of the enterprise; names are unique. */
  name?: string;
}) {
  const { services, microsoft, tenant, names, calendarSync, name: enterprise = 'Kiwi Power' } = parts;
  const by = 'test';
  const { structure, settings } = services;
  const { _id: enterpriseId } = await structure.createEnterprise({ name: enterprise, by });
  const zone = 'Pacific/Auckland';
  // Half a day away: no scheduled run comes between a test and its own.
  const time = DateTime.now().setZone(zone).plus({ hours: 12 }).toFormat('HH:37');
  const organisation = await structure.createOrganisation({ enterpriseId, name: 'Lines', zone, country: 'NZ', by });
  const teams: Record<string, string> = {};
  for (const name of names)
    teams[name] = (await structure.createTeam({ organisationId: organisation._id, name, by }))._id;
  await microsoft.proofs.attest(enterpriseId, { tenantText: tenant.id, reason: 'a test', by });
  await settings.setSettings(enterpriseId, { usersSync: true, teamSync: true, calendarSync, time }, { by });
  return { enterpriseId, organisationId: organisation._id, teams };
}

async function sync(services: Services, enterpriseId: string, dry: boolean): Promise<RunRow> {
  const { run } = await services.runs.request({ enterpriseId, trigger: 'manual', requestedBy: 'test', dry });
  return services.runs.wait(run._id, { timeoutMs: 60_000 });
}

export async function dropDatabase(uri: string): Promise<void> {
  const { connectStore } = await import('../../src/store/connect.js');
  const store = await connectStore({ uri, log: createLog('silent'), selectionTimeoutMs: 5_000 });
  await store.db.dropDatabase();
  await store.close();
}
