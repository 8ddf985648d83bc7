import type { ClientSession, Db } from 'mongodb';

/** What is counted for people who watch: see `LiveCounters`. */
export type LiveCounter = 'runs' | 'problems' | 'changes';

/** How often something of an enterprise was written; only that a number differs from the one before says something. */
export interface LiveCounters {
  /** A run was asked for, begun, got on or ended. */
  readonly runs: number;
  /** A problem was opened or closed, or something held was decided on. */
  readonly problems: number;
  /** Records, their ledger, activities, decisions, settings or mappings. */
  readonly changes: number;
}

/** Counters that were never raised are absent. */
export interface LiveRow extends Partial<LiveCounters> {
  /** Enterprise. */
  readonly _id: string;
}

export const LIVE = 'live';

/** What the open transaction of a session is going to raise, by enterprise. */
const raised = new WeakMap<ClientSession, Map<string, Set<LiveCounter>>>();

/**
 * Has the transaction that is open in the session raise a counter of the enterprise when it commits: each counter once,
 * all of them in one write, however often it is asked for. It is the last write, so that others who raise wait least.
 */
export function raiseLive(session: ClientSession, enterpriseId: string, counter: LiveCounter): void {
  const all = raised.get(session) ?? new Map<string, Set<LiveCounter>>();
  all.set(enterpriseId, (all.get(enterpriseId) ?? new Set()).add(counter));
  raised.set(session, all);
}

/** Forgets what a former transaction of the session asked for and did not commit. */
export function forgetRaised(session: ClientSession): void {
  raised.delete(session);
}

/** Writes what was asked for in the open transaction. */
export async function writeRaised(db: Db, session: ClientSession): Promise<void> {
  const all = [...(raised.get(session) ?? [])];
  raised.delete(session);
  if (all.length === 0) return;
  const raises = all.map(([_id, counters]) => ({
    updateOne: {
      filter: { _id },
      update: { $inc: Object.fromEntries([...counters].map((counter) => [counter, 1])) },
      upsert: true,
    },
  }));
  await db.collection<LiveRow>(LIVE).bulkWrite(raises, { session });
}
