import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/connect.js';
import { raiseLive } from '../../store/live.js';
import type { CalendarCounts } from '../mailboxes/apply/count-calendar.js';
import type { BatchPlan } from './plan-people.js';

/** What some applies did, in people (teamAdded and teamRemoved in memberships). */
export interface RunTally {
  readonly created: number;
  readonly updated: number;
  readonly archived: number;
  readonly restored: number;
  readonly teamAdded: number;
  readonly teamRemoved: number;
  readonly activitiesCancelled: number;
  /** People for whom anything changed. */
  readonly touched: number;
  readonly held: number;
  /** Writes to mirror, records, ledger and changes. */
  readonly writes: number;
}

const NOTHING: RunTally = {
  created: 0,
  updated: 0,
  archived: 0,
  restored: 0,
  teamAdded: 0,
  teamRemoved: 0,
  activitiesCancelled: 0,
  touched: 0,
  held: 0,
  writes: 0,
};

export const countRun = { of: tallyOf, sum, plus, add };

function tallyOf(plan: BatchPlan, writes: number): RunTally {
  const tally = { ...NOTHING, writes };
  for (const { accepted, held, cancelled } of plan.people) {
    const kinds = new Set(accepted.map(({ change }) => change.kind));
    if (kinds.has('create')) tally.created += 1;
    if (kinds.has('update')) tally.updated += 1;
    if (kinds.has('archive')) tally.archived += 1;
    if (kinds.has('restore')) tally.restored += 1;
    for (const { change } of accepted) {
      if (change.kind === 'join' && change.before.length === 0) tally.teamAdded += 1;
      if (change.kind === 'leave') tally.teamRemoved += 1;
    }
    tally.activitiesCancelled += cancelled.length;
    if (accepted.length > 0) tally.touched += 1;
    tally.held += held.length;
  }
  return tally;
}

function sum(tallies: readonly RunTally[]): RunTally {
  return tallies.reduce(plus, NOTHING);
}

/** Both together, count by count. */
function plus<T extends Readonly<Record<keyof T, number>>>(a: T, b: T): T {
  const total: Record<keyof T, number> = { ...a };
  for (const name of Object.keys(a) as (keyof T)[]) total[name] += b[name];
  return total as T;
}

/** Adds to the run's counts inside the transaction that did the work, so that a crash neither loses nor doubles any. */
async function add(
  store: Store,
  { enterpriseId, runId, tally }: { enterpriseId: string; runId: string; tally: RunTally | CalendarCounts },
  session: ClientSession,
): Promise<void> {
  const { writes, held, ...counts } = tally;
  const raise: Record<string, number> = { writes, held };
  for (const [name, count] of Object.entries(counts)) raise[`counts.${name}`] = count;
  raiseLive(session, enterpriseId, 'runs');
  await store.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $inc: raise }, { session });
}
