import { z } from 'zod';
import { connectMicrosoft, openServices, type Services } from '../../../src/compose.js';
import { parseConfig } from '../../../src/config/parse-config.js';
import { createLog } from '../../../src/kernel/log.js';
import type { RunRow } from '../../../src/reconciliation/types.js';
import { freePort } from '../../stage/free-port.js';
import { metricsAt } from '../../stage/metrics-at.js';
import { SERVICE_FLAGS } from '../../stage/program-paths.js';
import type { SimulatedTenant } from './simulated-tenant.js';
import { startChild } from './start-child.js';
import { setUpEnterprise } from './tenant-set-up.js';

/** The service as it is deployed, in a process of its own, connected to a simulated tenant and set up. */
export interface RunningService {
  readonly pid: number;
  readonly enterpriseId: string;
  /** Where browsers reach it. */
  readonly url: string;
  /** The same database, seen from the benchmark's process. */
  readonly services: Services;
  /** Connects one more tenant, of an enterprise of its own, and runs its first reconciliation. */
  connect(tenantId: string, groupIds: readonly string[]): Promise<void>;
  /** Runs a full reconciliation; answers its end and the ms from the request to that. */
  reconcile(): Promise<{ run: RunRow; tookMs: number }>;
  /** What its process holds at this moment, garbage collected. */
  footprint(): Promise<Footprint>;
  /** The service's own metrics by name with labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export type Footprint = z.infer<typeof footprintSchema>;

const footprintSchema = z.object({
  /** Of the heap, in bytes. */
  heapUsed: z.number(),
  /** Spent since it started, of one core. */
  cpuMs: z.number(),
  /** Sockets, timers and the like by Node's names for them. */
  resources: z.record(z.string(), z.number()),
});

export interface ServiceOptions {
  readonly mongodbUri: string;
  readonly tenant: SimulatedTenant;
  readonly groupIds: readonly string[];
  /** Default: not. */
  readonly calendarSync?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly inherit: Readonly<Record<string, string | undefined>>;
}

/** Longest that one reconciliation may take. */
const RUN_WITHIN_MS = 900_000;

/** The times of laws L7, L8 and L10 in every benchmark: no lag, ripening after a second, looks beyond its end. */
export const BENCH_TIMES = {
  LAG_DIRECTORY_MS: '0',
  LAG_MAILBOX_MS: '0',
  LOOKS_MS: '3600000',
  RIPENING_MS: '1000',
  GONE_CONFIRM_MS: '1000',
  PROBLEM_DELAY_MS: '1000',
};

/** Starts the service on an empty database and maps each group to a team of its own. */
export async function startRunningService(options: ServiceOptions): Promise<RunningService> {
  const { tenant, mongodbUri, inherit } = options;
  const [port, opsPort] = [await freePort(), await freePort()];
  const environment = {
    AZURE_CLIENT_ID: tenant.clientId,
    AZURE_CLIENT_SECRET: tenant.clientSecret,
    AZURE_AUTHORITY_HOST: tenant.url,
    GRAPH_BASE_URL: tenant.url,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MONGODB_URI: mongodbUri,
    PORT: String(port),
    OPS_PORT: String(opsPort),
    APP_SECRET: 'a-secret-for-benchmarks-that-is-long-enough',
    LOG_LEVEL: 'info',
    ...BENCH_TIMES,
    ...options.environment,
  };
  const config = parseConfig(environment);
  const services = await openServices(config, { log: createLog('silent'), path: '' });
  try {
    const { groupIds, calendarSync = false } = options;
    const { proofs } = connectMicrosoft(services, config);
    const wanted = { proofs, tenantId: tenant.tenantId, groupIds, calendarSync };
    const enterpriseId = await setUpEnterprise(services, wanted);
    const child = await startChild('serve-service', { environment, inherit, flags: SERVICE_FLAGS });
    const stop = async () => {
      await child.stop();
      await services.store.db.dropDatabase();
      await services.close();
    };
    return {
      pid: child.pid,
      enterpriseId,
      url: `http://127.0.0.1:${port}`,
      services,
      connect: async (tenantId, ids) => {
        const about = { name: tenantId, proofs, tenantId, groupIds: ids };
        await reconcile(services, await setUpEnterprise(services, about));
      },
      reconcile: () => reconcile(services, enterpriseId),
      footprint: async () => footprintSchema.parse(await child.ask({ footprint: true }, 10_000)),
      metrics: () => metricsAt(`http://127.0.0.1:${opsPort}`),
      stop,
    };
  } catch (error) {
    await services.close();
    throw error;
  }
}

async function reconcile(services: Services, enterpriseId: string): Promise<{ run: RunRow; tookMs: number }> {
  const wanted = { enterpriseId, trigger: 'manual', requestedBy: 'bench', dry: false } as const;
  const { run: asked } = await services.runs.request(wanted);
  const run = await services.runs.wait(asked._id, { timeoutMs: RUN_WITHIN_MS });
  if (run.status !== 'succeeded' && run.status !== 'succeeded_with_errors')
    throw new Error(`The run ended as ${run.status}: ${run.code} ${run.message}`);
  return { run, tookMs: (run.finishedAt?.getTime() ?? Number.NaN) - run.requestedAt.getTime() };
}
