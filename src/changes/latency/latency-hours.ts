import type { AnyBulkWriteOperation } from 'mongodb';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../kernel/clock.js';
import type { IndexDefinition } from '../../store/indexes.js';

/** How long changes of one tenant took that were applied within one hour. */
export interface LatencyHour {
  /** `tenant:hour`. */
  readonly _id: string;
  readonly tenantId: string;
  /** Its beginning. */
  readonly hour: Date;
  readonly count: number;
  readonly maxMs: number;
  /** Counts by the number of their bucket: `bucketOf`. */
  readonly buckets: Readonly<Record<string, number>>;
}

export const LATENCIES = 'latencies';

/** Hours are looked back at for a day; one more, for those who look late. */
const KEPT_MS = 2 * DAY_MS;

export const LATENCY_INDEXES: readonly IndexDefinition[] = [
  { collection: LATENCIES, name: 'by_tenant', keys: { tenantId: 1, hour: 1 }, serves: 'the last day of a tenant' },
  {
    collection: LATENCIES,
    name: 'over',
    keys: { hour: 1 },
    options: { expireAfterSeconds: KEPT_MS / SECOND_MS },
    serves: 'hours that nobody asks for any more',
  },
];

/** Buckets for each doubling: a figure is off by at most 9 %. */
const A_DOUBLING = 4;
/** Longer than a week is all the same; so a document has at most 118 buckets. */
const LONGEST_MS = 7 * DAY_MS;

export function bucketOf(ms: number): number {
  const within = Math.min(Math.max(ms, 1), LONGEST_MS);
  return Math.round(Math.log2(within) * A_DOUBLING);
}

/** The middle of a bucket, in ms. */
export function msOf(bucket: number): number {
  return 2 ** (bucket / A_DOUBLING);
}

/** Adds times of one tenant to the hour that it is now. */
export function addTimes(
  tenantId: string,
  times: readonly number[],
  nowMs: number,
): AnyBulkWriteOperation<LatencyHour> {
  const hour = new Date(nowMs - (nowMs % HOUR_MS));
  const buckets = new Map<string, number>();
  for (const ms of times) {
    const name = `buckets.${bucketOf(ms)}`;
    buckets.set(name, (buckets.get(name) ?? 0) + 1);
  }
  return {
    updateOne: {
      filter: { _id: `${tenantId}:${hour.toISOString()}` },
      update: {
        $setOnInsert: { tenantId, hour },
        $inc: { count: times.length, ...Object.fromEntries(buckets) },
        $max: { maxMs: Math.max(...times) },
      },
      upsert: true,
    },
  };
}
