import { systemChance } from '../../../src/kernel/chance.js';
import { cpuMs } from '../children/process-cpu.js';
import { forgetPeak, peakMemoryMb } from '../children/resident-memory.js';
import { type RunningService, startRunningService } from '../children/running-service.js';
import { quiet } from '../children/settled.js';
import type { SimulatedTenant } from '../children/simulated-tenant.js';
import type { BenchDeps } from '../report.js';
import { insertAgain } from './insert-again.js';

/** Times in ms from the request of a run to its end. */
export interface ReconcileFigures {
  readonly first: number;
  /** What the first wrote, written once more by insertMany alone. */
  readonly inserting: number;
  /** Nothing has changed since the first. */
  readonly second: number;
  /** One person in a hundred has another surname. */
  readonly changed: number;
  readonly writesOfSecond: number;
  /** Most memory that the service's process held over all three. */
  readonly memoryMb: number;
  /** CPU time of the service and of mongod, in ms. */
  readonly cpu: Readonly<Record<'first' | 'second' | 'changed', { service: number; mongod: number }>>;
}

/** What MongoDB may keep in memory: of a server with 5 GB, as it takes by itself. */
const MONGODB_CACHE = 'cache_size=2G';

const CHANGED_SHARE = 0.01;
const EDITS_AT_ONCE = 8;

/** A new database, a new service, three reconciliations. */
export async function reconcileThrice(
  deps: BenchDeps,
  { tenant, uri }: { tenant: SimulatedTenant; uri: string },
): Promise<ReconcileFigures> {
  const { groupIds } = tenant;
  const service = await startRunningService({ mongodbUri: uri, tenant, groupIds, inherit: deps.environment });
  const admin = service.services.store.client.db('admin');
  try {
    await admin.command({ setParameter: 1, wiredTigerEngineRuntimeConfig: MONGODB_CACHE });
    const { pid: mongod } = await admin.command({ serverStatus: 1 });
    const measured = { service, mongod: Number(mongod) };
    forgetPeak(service.pid);
    const first = await told(deps, measured, 'first');
    const inserting = await insertAgain(service.services.store, service.enterpriseId);
    deps.say(`    inserting the same: ${Math.round(inserting)} ms`);
    const second = await told(deps, measured, 'second');
    // Catch-up, which each run asks for at its end, must not find the changes first.
    await quiet(service, tenant.tenantId);
    await changeSome(tenant);
    const changed = await told(deps, measured, 'changed');
    const memoryMb = peakMemoryMb(service.pid);
    const figures = { first: first.tookMs, second: second.tookMs, changed: changed.tookMs, inserting };
    const cpu = { first: first.cpu, second: second.cpu, changed: changed.cpu };
    return { ...figures, writesOfSecond: second.run.writes, memoryMb, cpu };
  } finally {
    await service.stop();
  }
}

interface Measured {
  readonly service: RunningService;
  /** Its process. */
  readonly mongod: number;
}

async function told({ say }: BenchDeps, { service, mongod }: Measured, name: string) {
  const spent = () => ({ service: cpuMs(service.pid), mongod: cpuMs(mongod) });
  const before = spent();
  const { run, tookMs } = await service.reconcile();
  const after = spent();
  const cpu = { service: after.service - before.service, mongod: after.mongod - before.mongod };
  const { seen, created, updated, teamAdded, failed } = run.counts;
  const counts = `seen ${seen}, created ${created}, updated ${updated}, teams ${teamAdded}, failed ${failed}`;
  const held = `CPU ${cpu.service} ms, of mongod ${cpu.mongod}, at most ${peakMemoryMb(service.pid)} MB`;
  say(`    ${name}: ${tookMs} ms, ${run.writes} writes, ${counts}; ${held}`);
  return { run, tookMs, cpu };
}

/** No notification tells of these changes, so that it is the run that finds them. */
async function changeSome(tenant: SimulatedTenant): Promise<void> {
  await tenant.change({ method: 'POST', path: '/deliveries', body: { loss: 1 } });
  const every = Math.round(1 / CHANGED_SHARE);
  // Another one each round: the tenant keeps what the round before gave it.
  const surname = `Changed ${systemChance.guid()}`;
  const left = tenant.personIds.filter((_, index) => index % every === 0);
  await Promise.all(Array.from({ length: EDITS_AT_ONCE }, editNext));
  await tenant.change({ method: 'POST', path: '/deliveries', body: { loss: 0 } });

  async function editNext(): Promise<void> {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await tenant.change({ method: 'PATCH', path: `~/users/${id}`, body: { surname } });
  }
}
