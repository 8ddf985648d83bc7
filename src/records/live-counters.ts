import type { Clock } from '../kernel/clock.js';
import type { Store } from '../store/connect.js';
import { LIVE, type LiveCounters, type LiveRow } from '../store/live.js';

import { problemsKeptBack } from './problems/problems.js';

export type { LiveCounters };

export interface Live {
  /**
   * The counters of some enterprises, zeros where nothing was written yet. Problems that are kept back for a moment
   * stand behind the point of `problems`, so that it differs too when the clock alone has one shown.
   */
  read(enterpriseIds: readonly string[]): Promise<ReadonlyMap<string, LiveCounters>>;
}

const NONE: LiveCounters = { runs: 0, problems: 0, changes: 0 };

/** Tells by numbers alone that something of an enterprise was written; whoever sees them differ reads it again. */
export function createLive({ store, clock }: { store: Store; clock: Clock }): Live {
  const rows = store.collection<LiveRow>(LIVE);
  return {
    read: async (enterpriseIds) => {
      const [found, keptBack] = await Promise.all([
        rows.find({ _id: { $in: [...enterpriseIds] } }).toArray(),
        problemsKeptBack({ store, clock }, enterpriseIds),
      ]);
      const byId = new Map(found.map(({ _id, ...counters }) => [_id, { ...NONE, ...counters }]));
      const counted = (id: string) => {
        const counters = byId.get(id) ?? NONE;
        return { ...counters, problems: counters.problems + (keptBack.get(id) ?? 0) / KEPT_BACK_BELOW };
      };
      return new Map(enterpriseIds.map((id) => [id, counted(id)]));
    },
  };
}

/** More are never kept back at once; a power of two, so that the sum is exact. */
const KEPT_BACK_BELOW = 2 ** 20;
