import type { Changes } from '../changes/create-changes.js';
import type { Clock } from '../kernel/clock.js';
import type { People } from '../mirror/people-store.js';
import { CLOSED_POLL_MS, type Gate } from './may-work.js';
import type { OwnerWork } from './owner.js';
import type { UntilDue } from './pacing/until-due.js';
import { approvalAwaited } from './plan/waits-for.js';

const MOST_A_TURN = 500;

export interface LooksWorkDeps {
  readonly people: People;
  readonly changes: Changes;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly untilDue: UntilDue;
}

/** Notes people whose next look is due: Graph's replicas lag, and a read that showed nothing new proves little (L7). */
export function createLooksWork(deps: LooksWorkDeps): OwnerWork {
  const { people, changes, gate, clock, untilDue } = deps;
  return {
    name: 'looks',
    run: async ({ tenantId, signal, ...owner }) => {
      while (!signal.aborted) {
        const now = clock.now();
        const isOpen = await gate.isOpen({ tenantId, signal, ...owner });
        const due = isOpen ? await people.dueLooks(tenantId, now, MOST_A_TURN) : [];
        const note = { tenantId, kind: 'user', via: 'look', notified: 0 } as const;
        await changes.note(
          due.map(({ objectId, notifiedAt, waitsFor }) => {
            // What was held until few enough others were pending did not take so long by any fault of ours.
            const toldAt = waitsFor.includes(approvalAwaited(tenantId)) ? null : notifiedAt;
            return { ...note, objectId, ...(toldAt ? { toldAt } : {}) };
          }),
        );
        // Cleared after the note: a crash in between looks once more, never once less.
        if (due.length > 0)
          await people.clearLooks(
            due.map(({ _id }) => _id),
            now,
          );
        if (!isOpen) await clock.sleep(CLOSED_POLL_MS, signal);
        else if (due.length < MOST_A_TURN) await untilDue.looks(tenantId, signal);
      }
    },
  };
}
