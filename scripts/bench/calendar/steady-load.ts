import { systemChance } from '../../../src/kernel/chance.js';
import { DAY_MS, HOUR_MS, SECOND_MS, systemClock } from '../../../src/kernel/clock.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { memoryMb } from '../children/resident-memory.js';
import type { RunningService } from '../children/running-service.js';
import type { SimulatedTenant } from '../children/simulated-tenant.js';
import { mixed } from '../rounds.js';

export interface SteadyLoad {
  /** From the commit in the mailbox to the activity, in ms; those that are lost have none. */
  readonly tookMs: readonly number[];
  readonly lost: number;
  readonly memoryMb: number;
  /** Least memory in the last quarter of the time less that of the second: what was only garbage does not count. */
  readonly memoryGrowthMb: number;
}

interface Wanted {
  readonly tenant: SimulatedTenant;
  readonly service: RunningService;
  readonly personIds: readonly string[];
  readonly seconds: number;
  readonly rate: number;
}

const SETTLE_WITHIN_MS = 60 * SECOND_MS;

/** New events at an even rate over mailboxes in mixed order, and how long each takes to become an activity. */
export async function steadyLoad({ tenant, service, personIds, seconds, rate }: Wanted): Promise<SteadyLoad> {
  const edits: Promise<{ subject: string; atMs: number }>[] = [];
  const memory: number[] = [];
  // Each mailbox once before any of them twice: a mailbox is read every 5 s at the most (law L16).
  const order = mixed(personIds, systemChance.random);
  const startMs = systemClock.nowMs();
  for (let index = 0; index < seconds * rate; index += 1) {
    const waitMs = startMs + (index * SECOND_MS) / rate - systemClock.nowMs();
    if (waitMs > 0) await systemClock.sleep(waitMs);
    if (index % rate === 0) memory.push(memoryMb(service.pid));
    const id = order[index % order.length] ?? '';
    edits.push(createEvent(tenant, id));
  }
  const committed = await Promise.all(edits);
  const quarter = Math.floor(memory.length / 4);
  const growth = Math.min(...memory.slice(-quarter)) - Math.min(...memory.slice(quarter, 2 * quarter));
  const createdAt = await activitiesOf(service, committed.length);
  const took = committed.flatMap(({ subject, atMs }) => {
    const at = createdAt.get(subject);
    return at === undefined ? [] : [at - atMs];
  });
  const lost = committed.length - took.length;
  return { tookMs: took, lost, memoryMb: memory.at(-1) ?? Number.NaN, memoryGrowthMb: growth };
}

async function createEvent(tenant: SimulatedTenant, id: string): Promise<{ subject: string; atMs: number }> {
  const subject = `Bench ${systemChance.guid()}`;
  const startMs = systemClock.nowMs() + DAY_MS + Math.floor(systemChance.random() * 10) * DAY_MS;
  const [start, end] = [startMs, startMs + HOUR_MS].map((ms) => new Date(ms).toISOString());
  const body = { subject, start, end, showAs: 'busy' };
  const { atMs } = await tenant.change({ method: 'POST', path: `~/mailboxes/${id}/events`, body });
  return { subject, atMs };
}

/** When the activities were made, by name; waits for that many, for a while. */
async function activitiesOf({ services }: RunningService, count: number): Promise<ReadonlyMap<string, number>> {
  const activities = services.store.collection<ActivityRow>(ACTIVITIES);
  const ours = { name: /^Bench / };
  const endMs = systemClock.nowMs() + SETTLE_WITHIN_MS;
  while ((await activities.countDocuments(ours)) < count && systemClock.nowMs() < endMs) await systemClock.sleep(500);
  const rows = await activities.find(ours).toArray();
  return new Map(rows.map(({ name, createdAt }) => [name, createdAt.getTime()]));
}
