import { messageOf } from '../kernel/app-error.js';
import { type Clock, MINUTE_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';

/** How fast a process answered Graph in the last ten minutes, as it reported itself. */
export interface EndpointReport {
  /** Process. */
  readonly _id: string;
  readonly at: Date;
  readonly answers: number;
  /** Shares, 0 to 1, of the answers that took over 3 s and over 10 s. */
  readonly over3s: number;
  readonly over10s: number;
  readonly state: 'good' | 'near' | 'delayed' | 'dropped';
}

const REPORTS = 'endpointReports';
const EVERY_MS = MINUTE_MS / 2;
/** Older ones tell of processes that are gone. */
const FRESH_MS = 10 * MINUTE_MS;

export const REPORT_INDEXES: readonly IndexDefinition[] = [
  {
    collection: REPORTS,
    name: 'forgotten_after_a_day',
    keys: { at: 1 },
    options: { expireAfterSeconds: 86_400 },
    serves: 'processes that are gone are forgotten',
  },
];

/** Reports of the processes that take notifications now. */
export function endpointReports(store: Store, now: Date): Promise<EndpointReport[]> {
  const at = { $gte: new Date(now.getTime() - FRESH_MS) };
  return store.collection<EndpointReport>(REPORTS).find({ at }).toArray();
}

/** Reports at once and then every half minute, so that whoever asks elsewhere, such as `ghs doctor`, knows. */
export function startEndpointReports(deps: {
  store: Store;
  clock: Clock;
  log: Log;
  processId: string;
  shares(): Omit<EndpointReport, '_id' | 'at'>;
}): { stop(): Promise<void> } {
  const { store, clock, log, processId } = deps;
  const abort = new AbortController();
  const loop = run();
  return {
    stop: async () => {
      abort.abort(new Error('the reports stop'));
      await loop;
    },
  };

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      const report = { at: clock.now(), ...deps.shares() };
      await store
        .collection<EndpointReport>(REPORTS)
        .updateOne({ _id: processId }, { $set: report }, { upsert: true })
        .catch((error) => log.warn({ event: 'endpoint.not_reported', error: messageOf(error) }, 'speed not reported'));
      await clock.sleep(EVERY_MS, abort.signal).catch(() => undefined);
    }
  }
}
