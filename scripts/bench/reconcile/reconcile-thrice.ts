import { systemChance } from '../../../src/kernel/chance.js';
import { forgetPeak, peakMemoryMb } from '../children/resident-memory.js';
import { type RunningService, startRunningService } from '../children/running-service.js';
import type { SimulatedTenant } from '../children/simulated-tenant.js';
import type { BenchDeps } from '../report.js';

/** Times in ms from the request of a run to its end. */
export interface ReconcileFigures {
  readonly first: number;
  /** Nothing has changed since the first. */
  readonly second: number;
  /** One person in a hundred has another surname. */
  readonly changed: number;
  readonly writesOfSecond: number;
  /** Most memory that the service's process held over all three. */
  readonly memoryMb: number;
}

const CHANGED_SHARE = 0.01;
const EDITS_AT_ONCE = 8;

/** A new database, a new service, three reconciliations. */
export async function reconcileThrice(
  deps: BenchDeps,
  { tenant, uri }: { tenant: SimulatedTenant; uri: string },
): Promise<ReconcileFigures> {
  const { groupIds } = tenant;
  const service = await startRunningService({ mongodbUri: uri, tenant, groupIds, inherit: deps.environment });
  try {
    forgetPeak(service.pid);
    const first = await told(deps, service, 'first');
    const second = await told(deps, service, 'second');
    await changeSome(tenant);
    const changed = await told(deps, service, 'changed');
    const memoryMb = peakMemoryMb(service.pid);
    const figures = { first: first.tookMs, second: second.tookMs, changed: changed.tookMs };
    return { ...figures, writesOfSecond: second.run.writes, memoryMb };
  } finally {
    await service.stop();
  }
}

async function told({ say }: BenchDeps, service: RunningService, name: string) {
  const { run, tookMs } = await service.reconcile();
  const { seen, created, updated, teamAdded, failed } = run.counts;
  const counts = `seen ${seen}, created ${created}, updated ${updated}, teams ${teamAdded}, failed ${failed}`;
  say(`    ${name}: ${tookMs} ms, ${run.writes} writes, ${counts}, ${peakMemoryMb(service.pid)} MB`);
  return { run, tookMs };
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
