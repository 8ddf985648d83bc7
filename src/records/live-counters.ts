import type { Store } from '../store/connect.js';
import { LIVE, type LiveCounters, type LiveRow } from '../store/live.js';

export type { LiveCounters };

export interface Live {
  /** The counters of some enterprises in one query; zeros where nothing was written yet. */
  read(enterpriseIds: readonly string[]): Promise<ReadonlyMap<string, LiveCounters>>;
}

const NONE: LiveCounters = { runs: 0, problems: 0, changes: 0 };

/** Tells by numbers alone that something of an enterprise was written; whoever sees them differ reads it again. */
export function createLive({ store }: { store: Store }): Live {
  const rows = store.collection<LiveRow>(LIVE);
  return {
    read: async (enterpriseIds) => {
      const found = await rows.find({ _id: { $in: [...enterpriseIds] } }).toArray();
      const byId = new Map(found.map(({ _id, ...counters }) => [_id, { ...NONE, ...counters }]));
      return new Map(enterpriseIds.map((id) => [id, byId.get(id) ?? NONE]));
    },
  };
}
