import { systemChance } from '../../../src/kernel/chance.js';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { forEachAtOnce } from '../../../src/kernel/lists.js';
import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { wholeOption } from '../../stage/options.js';
import type { RunningService } from '../children/running-service.js';
import { graphRequests, quiet, subscribed } from '../children/settled.js';
import type { SimulatedTenant } from '../children/simulated-tenant.js';
import { type ServiceAtTenant, withService } from '../children/with-service.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { spreadOf } from '../rounds.js';
import { type IdleCost, idleCost } from './idle-cost.js';

const DEFAULTS = { people: 1_000, groups: 10, tenants: 20, rounds: 3 };
/** Edits that are under way at once. */
const AT_ONCE = 20;
const APPLIED_WITHIN_MS = 60 * SECOND_MS;
/** People that one `$batch` can ask for (docs/graph-facts.md). */
const MOST_A_BATCH = 20;
const GOALS = { requestsAChange: 0.15, commandsASecond: 10 };

/** What the work costs others: Graph's requests for a change in a burst, the database's commands for an idle tenant. */
export const costBench: Bench = {
  name: 'cost',
  about: 'Graph requests of a change, database commands of an idle tenant [--people 1000] [--tenants 20] [--rounds 3]',
  run: (deps) => {
    const people = wholeOption(deps.args, 'people', DEFAULTS.people);
    const others = wholeOption(deps.args, 'tenants', DEFAULTS.tenants);
    return withService(deps, { people, groups: DEFAULTS.groups, others }, (given) => measure(deps, given));
  },
};

async function measure(deps: BenchDeps, { tenant, service, version }: ServiceAtTenant): Promise<BenchReport> {
  await service.reconcile();
  await subscribed(service, tenant.tenantId);
  await quiet(service, tenant.tenantId);
  const rounds = wholeOption(deps.args, 'rounds', DEFAULTS.rounds);
  const bursts: Burst[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const told = await burst(tenant, service);
    deps.say(`  round ${round}: ${told.applied} changes applied with ${told.requests} requests`);
    bursts.push(told);
  }
  const idle = await idleTenants(deps, { tenant, service });
  const sum = (of: (each: Burst) => number) => bursts.reduce((all, each) => all + of(each), 0);
  const floor = spreadOf(bursts.map(({ wanted }) => Math.ceil(wanted / MOST_A_BATCH) / wanted));
  const ours = spreadOf(bursts.map(({ requests, applied }) => requests / Math.max(1, applied)));
  // One GET for each notification, as most handlers do.
  const peer = spreadOf(bursts.map(() => 1));
  const checks = {
    changes: sum(({ wanted }) => wanted),
    lost: sum(({ wanted, applied }) => wanted - applied),
    throttled: sum(({ throttled }) => throttled),
    requestsAChange: Number(ours.median.toFixed(3)),
    ...idle,
  };
  const { requestsAChange, commandsASecond } = GOALS;
  const goal = `at most ${requestsAChange} requests a change, looks apart; nothing lost or throttled; at most ${commandsASecond} commands a second for an idle tenant`;
  const isCheap = ours.median <= requestsAChange && idle.idleCommandsASecond <= commandsASecond;
  const ok = isCheap && checks.lost === 0 && checks.throttled === 0;
  const ratios = { oursToFloor: ratioOf(ours, floor), oursToPeer: ratioOf(ours, peer) };
  const candidates = { floor, peer, ours };
  return {
    name: 'cost',
    unit: 'requests',
    rounds,
    candidates,
    ratios,
    checks,
    goal,
    ok,
    machine: machineWith(version),
  };
}

interface Burst {
  readonly wanted: number;
  readonly applied: number;
  readonly requests: number;
  readonly throttled: number;
}

/** Everybody who is linked gets another surname, as fast as the tenant takes it. */
async function burst(tenant: SimulatedTenant, service: RunningService): Promise<Burst> {
  const { store } = service.services;
  const linked = await store
    .collection<UserRow>(USERS)
    .find({ status: { $ne: 'archived' }, 'entra.objectId': { $ne: null } })
    .project<{ entra: { objectId: string } }>({ 'entra.objectId': 1 })
    .toArray();
  const surname = `Burst ${systemChance.guid()}`;
  const before = await graphRequests(service);
  await forEachAtOnce(linked, AT_ONCE, async ({ entra }) => {
    await tenant.change({ method: 'PATCH', path: `~/users/${entra.objectId}`, body: { surname } });
  });
  const ledger = store.collection<LedgerRow>(LEDGER);
  const seen = () => ledger.countDocuments({ kind: 'update', field: 'lastName', after: surname });
  const endMs = systemClock.nowMs() + APPLIED_WITHIN_MS;
  while ((await seen()) < linked.length && systemClock.nowMs() < endMs) await systemClock.sleep(100);
  const after = await graphRequests(service);
  const applied = await seen();
  await quiet(service, tenant.tenantId);
  const throttled = after.throttled - before.throttled;
  return { wanted: linked.length, applied, requests: after.all - before.all, throttled };
}

/** What a tenant costs in which nothing happens: the difference that some more of them make. */
async function idleTenants(
  deps: BenchDeps,
  { tenant, service }: Pick<ServiceAtTenant, 'tenant' | 'service'>,
): Promise<Readonly<Record<string, number>> & { readonly idleCommandsASecond: number }> {
  const alone = await idleCost(service);
  for (const tenantId of tenant.otherIds) {
    const { id } = await tenant.change({
      ...{ method: 'POST', path: `/tenants/${tenantId}/groups` },
      body: { displayName: 'Crew' },
    });
    await service.connect(tenantId, [id]);
    await subscribed(service, tenantId);
    await quiet(service, tenantId);
  }
  const together = await idleCost(service);
  const others = Math.max(1, tenant.otherIds.length);
  const each = (of: (cost: IdleCost) => number) => Number(((of(together) - of(alone)) / others).toFixed(2));
  deps.say(`  idle: ${Math.round(alone.commandsASecond)} commands a second for one tenant`);
  deps.say(`  idle: ${Math.round(together.commandsASecond)} for ${others + 1}`);
  return {
    idleTenants: others + 1,
    idleCommandsASecond: each(({ commandsASecond }) => commandsASecond),
    /** Of one core, in thousandths. */
    idleCpuMsASecond: each(({ cpuMsASecond }) => cpuMsASecond),
    idleHeapKb: Math.round(each(({ heapBytes }) => heapBytes) / 1_024),
  };
}
