import { z } from 'zod';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { withBenchDatabase } from '../bench/bench-database.js';
import { type RunningService, startRunningService } from '../bench/children/running-service.js';
import { type SimulatedTenant, startTenant } from '../bench/children/simulated-tenant.js';
import { waitUntil } from '../stage/wait-until.js';
import { type Load, prepareLoad } from './load.js';
import { compareThirds, type Flatness, type Sample } from './thirds.js';

export interface SoakOptions {
  readonly minutes: number;
  /** Changes a second. */
  readonly rate: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** The last line of `npm run test:soak`. */
export interface SoakAnswer {
  readonly ok: boolean;
  readonly minutes: number;
  readonly rate: number;
  /** What became more than it may, in words. */
  readonly grown: readonly string[];
  readonly changes: number;
  readonly lost: number;
  /** Of the heap, garbage collected. */
  readonly memoryMb: Flatness;
  readonly handles: Readonly<Record<'sockets' | 'timers' | 'connections', Flatness>>;
  readonly openChanges: Flatness;
  /** Accepted items that are open after the load has ended. */
  readonly open: number;
}

const PEOPLE = 120;
const GROUPS = 2;
/** Load of before the first sample, as a share of the whole: the compiler and the pools settle. */
const WARM_UP = 0.25;
const SAMPLES = 30;
const SETTLE_WITHIN_MS = 60 * SECOND_MS;
const MB = 1_024 ** 2;

const serverStatusSchema = z.object({ connections: z.object({ current: z.number() }) });

/** A steady load on one process of the service, its size watched; everything is ended, whatever happens. */
export function runSoak(options: SoakOptions): Promise<SoakAnswer> {
  const { environment, say, signal } = options;
  return withBenchDatabase({ environment, say, signal }, async ({ uri }) => {
    const tenant = await startTenant({ people: PEOPLE, groups: GROUPS }, environment);
    try {
      // The largest group: everybody who may be in GetHomeSafe.
      const [groupId = '', members = []] =
        Object.entries(tenant.memberIds).sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
      const about = { mongodbUri: uri, tenant, groupIds: [groupId], calendarSync: true, inherit: environment };
      const service = await startRunningService(about);
      try {
        return await soak(options, { tenant, service, groupId, members });
      } finally {
        await service.stop();
      }
    } finally {
      await tenant.stop();
    }
  });
}

interface Given {
  readonly tenant: SimulatedTenant;
  readonly service: RunningService;
  readonly groupId: string;
  readonly members: readonly string[];
}

async function soak(
  { minutes, rate, signal, say }: SoakOptions,
  { tenant, service, groupId, members }: Given,
): Promise<SoakAnswer> {
  await service.reconcile();
  const personIds = await linkedAmong(service, members);
  await waitUntil(async () => (await service.services.subscriptions.ofTenant(tenant.tenantId)).length > 2, {
    ...{ for: 'subscriptions of mailboxes', limitMs: SETTLE_WITHIN_MS, signal },
  });
  const load = await prepareLoad({ tenant, service, personIds, groupId, rate, signal });
  const seconds = minutes * 60;
  say(`${rate} changes a second over ${personIds.length} people for ${Math.round(seconds)} s`);
  const samples = await underLoad(load, { seconds, service, say });
  const open = await settled(load, { service, signal });
  const lost = await load.lost();
  const { figures, grown } = compareThirds(samples);
  const { heapMb, sockets, timers, connections, openChanges } = figures;
  return {
    ok: grown.length === 0 && lost === 0 && open === 0,
    ...{ minutes, rate, grown, changes: load.edits(), lost },
    memoryMb: heapMb,
    handles: { sockets, timers, connections },
    ...{ openChanges, open },
  };
}

async function linkedAmong({ services, enterpriseId }: RunningService, members: readonly string[]): Promise<string[]> {
  const found = await Promise.all(members.map((id) => services.people.findOrNull(enterpriseId, id)));
  return members.filter((_, index) => found[index] && found[index]?.status !== 'archived');
}

async function underLoad(
  load: Load,
  parts: { seconds: number; service: RunningService; say(line: string): void },
): Promise<Sample[]> {
  const { seconds, service, say } = parts;
  await load.run(seconds * WARM_UP);
  const samples: Sample[] = [];
  const rest = seconds * (1 - WARM_UP);
  for (let index = 0; index < SAMPLES; index += 1) {
    await load.run(rest / SAMPLES);
    const sample = await sampleOf(service);
    samples.push(sample);
    if (index % 10 === 0) say(JSON.stringify(sample));
  }
  return samples;
}

async function sampleOf({ services, footprint }: RunningService): Promise<Sample> {
  const { heapUsed, resources } = await footprint();
  const status = await services.store.client.db('admin').command({ serverStatus: 1 });
  return {
    heapMb: Math.round(heapUsed / MB),
    sockets: resources['TCPSocketWrap'] ?? 0,
    timers: resources['Timeout'] ?? 0,
    connections: serverStatusSchema.parse(status).connections.current,
    openChanges: (await services.changes.stats()).open,
  };
}

/** Waits until nothing is open and every last value has arrived; answers what is open after that, or after the bound. */
async function settled(
  load: Load,
  { service, signal }: { service: RunningService; signal: AbortSignal },
): Promise<number> {
  const open = async () => (await service.services.changes.stats()).open;
  const isOver = async () => (await open()) === 0 && (await load.lost()) === 0;
  const waiting = { for: 'rest', limitMs: SETTLE_WITHIN_MS, everyMs: 250, signal };
  await waitUntil(isOver, waiting).catch(() => signal.throwIfAborted());
  const endMs = systemClock.nowMs() + SECOND_MS;
  while ((await open()) > 0 && systemClock.nowMs() < endMs) await systemClock.sleep(50);
  return open();
}
