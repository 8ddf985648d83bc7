import { SECOND_MS } from '../../../src/kernel/clock.js';
import { wholeOption } from '../../stage/options.js';
import { withBenchDatabase } from '../bench-database.js';
import { memoryMb } from '../children/resident-memory.js';
import { type RunningService, startRunningService } from '../children/running-service.js';
import { type SimulatedTenant, startTenant } from '../children/simulated-tenant.js';
import { type Bench, type BenchDeps, type BenchReport, machineWith, ratioOf } from '../report.js';
import { percentile, spreadOf } from '../rounds.js';
import { firstReading } from './first-reading.js';
import { readViews } from './read-views.js';
import { type SteadyLoad, steadyLoad } from './steady-load.js';

const DEFAULTS = { people: 5_600, events: 5, rate: 20, seconds: 60, withinSeconds: 900 };
/**
 * Nothing is gained by reading faster than Graph lets us watch, 50 a second: a calendar may take 20 ms, where the floor
 * takes about 1 ms. Watching keeps below Graph's limit, which costs a fifth; the run's own beginning is in the rest.
 */
const GOALS = { firstToFloor: 20, watchedToLimit: 1.5, p50Ms: SECOND_MS / 2, p99Ms: 2 * SECOND_MS, growthMb: 32 };
/** What Graph grants an application in a tenant: 1,000 writes of subscriptions in 20 s (docs/graph-facts.md). */
const SUBSCRIPTION_WRITES_A_SECOND = 50;
const GROUPS = 5;

/** Everybody's calendar read for the first time and watched from then on, then events that come at an even rate. */
export const calendarBench: Bench = {
  name: 'calendar',
  about:
    'calendars read and watched, then events [--people 5600] [--events 5] [--rate 20] [--seconds 60] [--within 900]',
  run: (deps) =>
    withBenchDatabase(deps, async ({ uri, version }) => {
      const people = wholeOption(deps.args, 'people', DEFAULTS.people);
      const events = wholeOption(deps.args, 'events', DEFAULTS.events);
      deps.say(`a tenant of ${people} people with ${events} events each`);
      const tenant = await startTenant({ people, groups: GROUPS, events }, deps.environment);
      try {
        return await run(deps, { tenant, uri, version });
      } finally {
        await tenant.stop();
      }
    }),
};

async function run(
  deps: BenchDeps,
  { tenant, uri, version }: { tenant: SimulatedTenant; uri: string; version: string },
): Promise<BenchReport> {
  // The largest group is the one of everybody with a mailbox.
  const [groupId = '', personIds = []] =
    Object.entries(tenant.memberIds).sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const service = await startRunningService({
    ...{ mongodbUri: uri, tenant, groupIds: [groupId] },
    ...{ calendarSync: true, inherit: deps.environment },
  });
  try {
    return await measure(deps, { tenant, service, personIds, version });
  } finally {
    await service.stop();
  }
}

interface Given {
  readonly tenant: SimulatedTenant;
  readonly service: RunningService;
  readonly personIds: readonly string[];
  readonly version: string;
}

async function measure(deps: BenchDeps, { tenant, service, personIds, version }: Given): Promise<BenchReport> {
  const { tenantId } = tenant;
  const floors = [await floor(deps, tenant, personIds)];
  const withinMs = wholeOption(deps.args, 'within', DEFAULTS.withinSeconds) * SECOND_MS;
  const first = await firstReading(deps, { service, tenantId, withinMs });
  const memoryAfterFirstMb = memoryMb(service.pid);
  const { calendars, readMs, watchedMs, settledMs } = first;
  deps.say(`  ${calendars} calendars: read ${readMs} ms, watched ${watchedMs} ms, settled ${settledMs} ms`);
  const throttledFirst = (await tenant.answers())['429'] ?? 0;
  const seconds = wholeOption(deps.args, 'seconds', DEFAULTS.seconds);
  const rate = wholeOption(deps.args, 'rate', DEFAULTS.rate);
  deps.say(`${rate} new events a second for ${seconds} s`);
  const followed = await followedPeople(service, tenantId);
  const steady = await steadyLoad({ tenant, service, personIds: followed, seconds, rate });
  const throttled = (await tenant.answers())['429'] ?? 0;
  floors.push(await floor(deps, tenant, personIds));
  // The floor reads those too whose record could not be made.
  const floorMs = floors.map((ms) => (ms * calendars) / personIds.length);
  const candidates = { floor: spreadOf(floorMs), ours: spreadOf([readMs]), watched: spreadOf([watchedMs]) };
  const limitMs = (calendars / SUBSCRIPTION_WRITES_A_SECOND) * SECOND_MS;
  const ratios = { oursToFloor: ratioOf(candidates.ours, candidates.floor), oursToPeer: null };
  const checks = {
    ...{ calendars, settledMs, mailboxesASecond: Math.round((calendars * SECOND_MS) / readMs) },
    watchedToLimit: Number((watchedMs / limitMs).toFixed(3)),
    ...{ throttledFirst, throttledSteady: throttled - throttledFirst },
    ...{ memoryAfterFirstMb, ...steadyChecks(steady) },
  };
  return {
    ...{ name: 'calendar', unit: 'ms', rounds: 1, candidates, ratios, checks, goal: goalText() },
    ok: throttled === 0 && isReached(checks, ratios.oursToFloor ?? Number.NaN),
    machine: machineWith(version),
  };
}

function steadyChecks({ tookMs, lost, memoryMb: endMb, memoryGrowthMb }: SteadyLoad) {
  const [p50, p99] = [percentile(tookMs, 0.5), percentile(tookMs, 0.99)];
  return { events: tookMs.length + lost, lost, p50, p99, slowestMs: Math.max(...tookMs), endMb, memoryGrowthMb };
}

function isReached(
  checks: ReturnType<typeof steadyChecks> & { watchedToLimit: number; calendars: number },
  toFloor: number,
): boolean {
  const { lost, p50, p99, memoryGrowthMb, watchedToLimit } = checks;
  const isFast = toFloor <= GOALS.firstToFloor && p50 <= GOALS.p50Ms && p99 <= GOALS.p99Ms;
  // A few mailboxes are watched within the first seconds, which the run itself takes.
  const isWatched = watchedToLimit <= GOALS.watchedToLimit || checks.calendars < 1_000;
  return isFast && isWatched && lost === 0 && !(memoryGrowthMb > GOALS.growthMb);
}

function goalText(): string {
  const { firstToFloor, watchedToLimit, p50Ms, p99Ms, growthMb } = GOALS;
  const first = `first reading at most ${firstToFloor} of reading and dropping the same views`;
  const watched = `watched within ${watchedToLimit} of the time that Graph's limit of ${SUBSCRIPTION_WRITES_A_SECOND} subscriptions a second takes (from 1,000 mailboxes on)`;
  return `${first}; ${watched}; nothing throttled or lost; event to activity p50 ${p50Ms} ms, p99 ${p99Ms} ms; memory grows by ${growthMb} MB at the most`;
}

async function floor({ say }: BenchDeps, tenant: SimulatedTenant, personIds: readonly string[]): Promise<number> {
  const { tookMs, events } = await readViews(tenant, personIds);
  say(`  floor: ${tookMs} ms for ${personIds.length} views, ${events} events`);
  return tookMs;
}

async function followedPeople({ services }: RunningService, tenantId: string): Promise<readonly string[]> {
  return services.mirror.calendars.watched(tenantId);
}
