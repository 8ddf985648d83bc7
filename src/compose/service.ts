import { createChanges } from '../changes/create-changes.js';
import { connectMicrosoft, type MicrosoftServices, type Services } from '../compose.js';
import type { Config } from '../config/config.js';
import { createApp } from '../http/create-app.js';
import { createOpsApp } from '../http/create-ops-app.js';
import { listen } from '../http/listen.js';
import { measureProcess } from '../http/process-metrics.js';
import type { ReadinessCheck } from '../http/readiness.js';
import { createCommitGroup } from '../intake/commit-group.js';
import { createEndpointSpeed } from '../intake/endpoint-speed.js';
import { createIntakeRouter } from '../intake/intake-router.js';
import { SECOND_MS } from '../kernel/clock.js';
import type { Stopping } from '../kernel/stopping.js';
import { measureCredential } from '../reconciliation/doctor/credential-metric.js';
import { connectStore } from '../store/connect.js';
import { startEndpointReports } from '../subscriptions/endpoint-reports.js';
import type { Workers } from '../sync/workers.js';
import { ownCredential } from './microsoft.js';
import { runNotices } from './notices.js';
import { composePortal } from './portal/portal.js';
import { startRichIntake } from './rich.js';
import { startWorker } from './worker/worker.js';

export interface RunningService {
  readonly port: number;
  readonly opsPort: number;
  readonly microsoft: MicrosoftServices;
}

/** Longest time for a majority write that says "ready" (CONTRACT section 3). */
const READY_WITHIN_MS = SECOND_MS;
/** Bounds of the intake's own connection: the answer has to be out within 2 s (law L1). */
const INTAKE_ANSWER_MS = 1_500;

/** Starts the roles of this process; each registers how it stops, in reverse order. */
export async function startService(
  services: Services,
  { config, stopping }: { config: Config; stopping: Stopping },
): Promise<RunningService> {
  const { log, clock, metrics } = services;
  const { roles } = config;
  const microsoft = connectMicrosoft(services, config);
  const checks: Record<string, ReadinessCheck> = {};
  measureCredential(services, ownCredential(config));
  const ownProcess = measureProcess(metrics);
  stopping.add({ name: 'process metrics', limitMs: SECOND_MS, stop: async () => ownProcess.stop() });

  const intake = roles.intake ? await startIntake(services, { config, stopping }) : null;
  if (roles.intake) checks['intake'] = () => services.store.canWrite(READY_WITHIN_MS);
  const portal = roles.portal ? composePortal(services, { config, microsoft }) : null;
  const app = createApp({ intake, routers: portal?.routers ?? [], log, trustProxy: config.trustProxy });
  const http = await listen(app, { port: config.port, host: '0.0.0.0', clock });
  stopping.add({ name: 'http', limitMs: 10 * SECOND_MS, stop: () => http.close() });
  // Before http: whoever watches would keep it open.
  if (portal) stopping.add({ name: 'watchers', limitMs: 5 * SECOND_MS, stop: () => portal.stopWatching() });

  let workers: Workers | null = null;
  if (roles.worker) checks['worker'] = () => workers?.isReady() ?? false;
  const ops = await listen(createOpsApp({ metrics, checks, clock, log }), {
    port: config.opsPort,
    host: config.opsHost,
    clock,
  });
  stopping.add({ name: 'ops', limitMs: 5 * SECOND_MS, stop: () => ops.close() });
  // Last: a process that cannot have its ports takes no tenant from those that can.
  if (roles.worker) {
    const worker = await startWorker(services, { microsoft, config });
    workers = worker.workers;
    stopping.add({ name: 'workers', limitMs: 20 * SECOND_MS, stop: () => worker.workers.stop() });
    stopping.add({ name: 'farewell', limitMs: 5 * SECOND_MS, stop: () => worker.farewell.stop() });
    stopping.add({ name: 'alarm clock', limitMs: 10 * SECOND_MS, stop: () => worker.alarm.stop() });
    const notices = runNotices(services, config);
    stopping.add({ name: 'notices', limitMs: 30 * SECOND_MS, stop: () => notices.stop() });
  }
  log.info({ event: 'service.ready', port: http.port, opsPort: ops.port, roles }, 'ready');
  return { port: http.port, opsPort: ops.port, microsoft };
}

/** The intake has a connection of its own, whose bounds fit what Graph waits for. */
async function startIntake(services: Services, { config, stopping }: { config: Config; stopping: Stopping }) {
  const { log, clock, chance, metrics, mongodbUri: uri } = services;
  const bounds = { selectionTimeoutMs: SECOND_MS, answerTimeoutMs: INTAKE_ANSWER_MS };
  const store = await connectStore({ uri, log, appName: 'gethomesafe-intake', ...bounds });
  stopping.add({ name: 'intake store', limitMs: 5 * SECOND_MS, stop: () => store.close() });
  const changes = createChanges({ store, clock, chance });
  const commitGroup = createCommitGroup({ note: (notes, withinMs) => changes.note(notes, { withinMs }), clock });
  const rich = startRichIntake(config, { clock, log });
  if (rich) stopping.add({ name: 'publisher keys', limitMs: SECOND_MS, stop: () => rich.stop() });
  const speed = createEndpointSpeed({ clock, log, metrics });
  const shares = () => speed.shares();
  const reports = startEndpointReports({ store: services.store, clock, log, processId: chance.guid(), shares });
  stopping.add({ name: 'speed reports', limitMs: SECOND_MS, stop: () => reports.stop() });
  const parts = { commitGroup, clock, chance, log, metrics, speed, rich: rich?.reader ?? null };
  return createIntakeRouter({ secrets: config.appSecrets, ...parts });
}
