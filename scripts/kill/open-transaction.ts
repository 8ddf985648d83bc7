import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import { FENCES, type FenceRow } from '../../src/store/fence.js';
import type { Victim } from './kinds.js';
import type { Trial } from './trial.js';

const TRY_FOR_MS = 5 * SECOND_MS;
/** An owner is let go on for as long as this at the most before it is looked at again. */
const GO_ON_MS = 12;

/**
 * Stops the owner of a tenant in the middle of a transaction, however short these are: it is stopped again and again
 * until the server says that one is open. False where that did not succeed; the owner is stopped in any case.
 */
export async function freezeInTransaction(trial: Trial, victim: Victim): Promise<boolean> {
  const { random, signal } = trial;
  const { owner, edit } = victim;
  const endMs = systemClock.nowMs() + TRY_FOR_MS;
  for (;;) {
    owner.sleep();
    if (await hasOpenTransaction(trial, victim)) return true;
    if (systemClock.nowMs() > endMs) return false;
    edit();
    owner.wake();
    await systemClock.sleep(random.below(GO_ON_MS), signal);
  }
}

/** The fence names the session in which the owner writes (`src/sync/lease.ts`). */
async function hasOpenTransaction({ services }: Trial, { of }: Victim): Promise<boolean> {
  const { client } = services.store;
  const fence = await services.store.collection<FenceRow>(FENCES).findOne({ _id: of.enterpriseId });
  const open = client
    .db('admin')
    .aggregate([
      { $currentOp: { allUsers: true, idleSessions: true } },
      { $match: { 'lsid.id': fence?.session ?? null, 'transaction.parameters.autocommit': false } },
    ]);
  return (await open.toArray()).length > 0;
}
