import type { Clock } from '../../kernel/clock.js';
import { DAY_MS } from '../../kernel/clock.js';
import type { Store } from '../../store/connect.js';
import { LATENCIES, type LatencyHour, msOf } from './latency-hours.js';

/** From Graph's notification to the record, of what was applied since a moment. Each null where nothing was. */
export interface Latency {
  /** Begins with a full hour, at most 25 hours ago. */
  readonly since: Date;
  /** Changes, not notifications: several of one thing count from the first. */
  readonly count: number;
  /** To within 9 %; never above `maxMs`. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

/**
 * The last 24 hours of a tenant, over all processes. Counts people and calendars of which Graph told, also by way of a
 * group or where only a later look found the change. What waits on purpose before it is taken away is in it.
 */
export async function latencyOf(
  { store, clock }: { store: Store; clock: Clock },
  tenantId: string | null,
): Promise<Latency> {
  const since = new Date(clock.nowMs() - DAY_MS);
  since.setUTCMinutes(0, 0, 0);
  const wanted = { tenantId: tenantId ?? '', hour: { $gte: since } };
  const hours = await store.collection<LatencyHour>(LATENCIES).find(wanted).toArray();
  const buckets = new Map<number, number>();
  for (const hour of hours)
    for (const [name, count] of Object.entries(hour.buckets))
      buckets.set(Number(name), (buckets.get(Number(name)) ?? 0) + count);
  const count = hours.reduce((sum, hour) => sum + hour.count, 0);
  if (count === 0) return { since, count, p50Ms: null, p95Ms: null, maxMs: null };
  const maxMs = Math.max(...hours.map((hour) => hour.maxMs));
  const ordered = [...buckets].sort(([a], [b]) => a - b);
  const atShare = (share: number) => Math.min(Math.round(percentileOf(ordered, share * count)), maxMs);
  return { since, count, p50Ms: atShare(0.5), p95Ms: atShare(0.95), maxMs };
}

/** The middle of the bucket in which the so-maniest time is. */
function percentileOf(ordered: readonly (readonly [bucket: number, count: number])[], rank: number): number {
  let passed = 0;
  for (const [bucket, count] of ordered) {
    passed += count;
    if (passed >= rank) return msOf(bucket);
  }
  return 0;
}
