import { systemChance } from '../../../src/kernel/chance.js';
import { SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { LEDGER, type LedgerRow } from '../../../src/records/types.js';
import { wholeOption } from '../../stage/options.js';
import { BENCH_TIMES, type RunningService } from '../children/running-service.js';
import { graphRequests, quiet, subscribed } from '../children/settled.js';
import { type ServiceAtTenant, withService } from '../children/with-service.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith } from '../report.js';
import { percentile, spreadOf } from '../rounds.js';

const DEFAULTS = { seconds: 20, rate: 100, people: 500, groups: 5 };
const REMOVALS = 20;

/** From the commit in the tenant to the record, as the ledger dates it: fields at a steady rate, then removals. */
export const latencyBench: Bench = {
  name: 'latency',
  about: 'commit in the tenant to record [--seconds 20] [--rate 100]',
  run: (deps) =>
    withService(deps, { people: DEFAULTS.people, groups: DEFAULTS.groups }, (given) => measure(deps, given)),
};

async function measure(deps: BenchDeps, given: ServiceAtTenant): Promise<BenchReport> {
  const { service } = given;
  await service.reconcile();
  await subscribed(service, given.tenant.tenantId);
  const before = await graphRequests(service);
  const changed = await changeFields(deps, given);
  const after = await graphRequests(service);
  const removed = await removeMembers(given);
  const fields = changed.map(({ tookMs }) => tookMs).filter(Number.isFinite);
  const removals = removed.filter(Number.isFinite);
  const lost = changed.length - fields.length + (removed.length - removals.length);
  const [p50, p99] = [percentile(fields, 0.5), percentile(fields, 0.99)];
  const removalsP99 = percentile(removals, 0.99);
  const checks = {
    changes: changed.length,
    // People of the groups whom the rules leave out (guests, disabled), and values that a later one overtook.
    notSeenByThemselves: lost,
    p50,
    p95: percentile(fields, 0.95),
    p99,
    removalsP99,
    throttled: after.throttled - before.throttled,
    requestsAChange: Number(((after.all - before.all) / Math.max(1, fields.length)).toFixed(3)),
    ripeningMs: Number(BENCH_TIMES.RIPENING_MS),
  };
  return {
    name: 'latency',
    unit: 'ms',
    rounds: 1,
    candidates: { ours: spreadOf(fields), removals: spreadOf(removals) },
    ratios: { oursToFloor: null, oursToPeer: null },
    checks,
    goal: 'p50 below 150 ms, p99 below 1 s, removals p99 below ripening and 30 s, nothing throttled',
    ok: p50 < 150 && p99 < SECOND_MS && removalsP99 < 31 * SECOND_MS && checks.throttled === 0,
    machine: machineWith(given.version),
  };
}

/** Gives linked people new surnames at a steady rate; answers each change with the ms until its ledger entry. */
async function changeFields(deps: BenchDeps, { tenant, service }: ServiceAtTenant): Promise<{ tookMs: number }[]> {
  const seconds = wholeOption(deps.args, 'seconds', DEFAULTS.seconds);
  const rate = wholeOption(deps.args, 'rate', DEFAULTS.rate);
  deps.say(`${rate} changes a second for ${seconds} s`);
  const people = [...new Set(Object.values(tenant.memberIds).flat())];
  const edits: Promise<{ surname: string; atMs: number }>[] = [];
  const startMs = systemClock.nowMs();
  for (let index = 0; index < seconds * rate; index += 1) {
    const waitMs = startMs + (index * SECOND_MS) / rate - systemClock.nowMs();
    if (waitMs > 0) await systemClock.sleep(waitMs);
    const surname = `Bench ${systemChance.guid()}`;
    const path = `~/users/${people[index % people.length]}`;
    edits.push(tenant.change({ method: 'PATCH', path, body: { surname } }).then(({ atMs }) => ({ surname, atMs })));
  }
  const committed = await Promise.all(edits);
  await quiet(service, tenant.tenantId);
  const entries = await ledgerOf(service, { kind: 'update', field: 'lastName' });
  const writtenAt = new Map(entries.map(({ after, at }) => [after, at.getTime()]));
  return committed.map(({ surname, atMs }) => ({ tookMs: (writtenAt.get(surname) ?? Number.NaN) - atMs }));
}

async function removeMembers({ tenant, service }: ServiceAtTenant): Promise<number[]> {
  const [groupId = '', members = []] =
    Object.entries(tenant.memberIds).sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const leavers = members.slice(0, Math.min(REMOVALS, Math.floor(members.length / 5)));
  const committed = new Map<string, number>();
  for (const id of leavers) {
    const { atMs } = await tenant.change({ method: 'DELETE', path: `~/groups/${groupId}/members/${id}` });
    committed.set(id, atMs);
  }
  await quiet(service, tenant.tenantId);
  const entries = await ledgerOf(service, { kind: 'leave' });
  const leftAt = new Map(entries.map(({ objectId, at }) => [objectId, at.getTime()]));
  // Who is still in through a nested group, or was never linked, has no entry.
  return [...committed].flatMap(([id, atMs]) => (leftAt.has(id) ? [(leftAt.get(id) ?? Number.NaN) - atMs] : []));
}

function ledgerOf({ services }: RunningService, filter: Partial<LedgerRow>): Promise<LedgerRow[]> {
  return services.store.collection<LedgerRow>(LEDGER).find(filter).toArray();
}
