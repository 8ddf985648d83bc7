import type { ClientSession } from 'mongodb';
import pLimit from 'p-limit';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import { nextInstant } from '../projection/schedule.js';
import type { Store } from '../store/connect.js';
import { inTransaction } from '../store/in-transaction.js';
import { isDuplicateKey } from '../store/transaction.js';
import type { RunMarks } from '../tenancy/run-marks.js';
import { INTEGRATIONS, type IntegrationRow } from '../tenancy/types.js';
import type { Runs } from './runs.js';

/** Due runs that one look starts, the longest due first, and how many at once: the job has to be done in seconds. */
const MOST_A_LOOK = 2_000;
const AT_ONCE = 10;
/** Tries against others who record a run at the same moment; what is left over is due again at the next look. */
const ATTEMPTS = 5;

export interface DueRunsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly runs: Pick<Runs, 'openRun' | 'recordScheduled'>;
  readonly runMarks: Pick<RunMarks, 'moveNextSync'>;
}

/**
 * Starts the runs that are due (law L13). In one transaction Next Sync moves from the instant that was seen and the
 * run of that instant is recorded, so that of any number of processes one starts it and none can lose it by dying in
 * between; several missed instants become one run (E67). One enterprise that fails does not keep others waiting.
 */
export async function startDueRuns(deps: DueRunsDeps): Promise<void> {
  const now = deps.clock.now();
  const due = await deps.store
    .collection<IntegrationRow>(INTEGRATIONS)
    // The type again: without it MongoDB does not see that the partial index has them all.
    .find({ nextSyncAt: { $lte: now, $type: 'date' } })
    .sort({ nextSyncAt: 1 })
    .limit(MOST_A_LOOK)
    .project<Pick<IntegrationRow, '_id'>>({ _id: 1 })
    .toArray();
  const limit = pLimit(AT_ONCE);
  const started = await Promise.allSettled(due.map(({ _id }) => limit(() => startDue(deps, _id, now))));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function startDue(deps: DueRunsDeps, enterpriseId: string, now: Date): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(deps, (session) => takeInstant(deps, { enterpriseId, now, session }));
    } catch (error) {
      if (attempt === ATTEMPTS || !isDuplicateKey(error)) throw error;
    }
  }
}

async function takeInstant(
  { store, runs, runMarks }: DueRunsDeps,
  { enterpriseId, now, session }: { enterpriseId: string; now: Date; session: ClientSession },
): Promise<void> {
  const integrations = store.collection<IntegrationRow>(INTEGRATIONS);
  const row = await integrations.findOne({ _id: enterpriseId, nextSyncAt: { $lte: now } }, { session });
  if (!row?.nextSyncAt) return;
  const open = await runs.openRun(enterpriseId, session);
  // An open run that works with older settings is followed by this one: it stays due until that has ended.
  if (open?.revision && open.revision < row.revision) return;
  const seen = row.nextSyncAt;
  await runMarks.moveNextSync({ enterpriseId, seen, next: nextInstant(row.settings, now) }, session);
  await runs.recordScheduled(row, { scheduledFor: seen, open, session });
}
