import { z } from 'zod';
import { systemClock } from '../../src/kernel/clock.js';
import { waitUntil } from '../stage/wait-until.js';
import type { Sender } from './sender.js';
import type { Trial } from './trial.js';

/** Keeps count of what was answered 202 and compares it with what is stored. */
export interface Audit {
  /** Fails where something that was answered 202 is not stored. */
  look(): Promise<void>;
  /** Items answered 202 so far that are not stored. */
  lost(): number;
  /** Fails where what `ghs changes stats` tells does not add up, or is less than what was answered 202 (law L5). */
  sumHolds(): Promise<void>;
  /** Waits until nothing is on its way and no change is open. */
  untilQuiet(limitMs: number): Promise<void>;
  /** Fails where two processes worked a tenant in the same epoch. */
  oneOwnerAnEpoch(): Promise<void>;
}

/** Longer than a look takes to become due, with the times of the trial. */
const QUIET_MS = 3_000;

const statsSchema = z.object({ accepted: z.number() }).catchall(z.number());

export function createAudit(trial: Trial, sender: Sender): Audit {
  const { simulator, services, tenants, ships, signal } = trial;
  let delivered = 0;
  let lost = 0;
  return { look, lost: () => lost, sumHolds, untilQuiet, oneOwnerAnEpoch };

  /** The simulator's log forgets: it is read and emptied in one go. */
  function takenByGraph(): number {
    for (const { status, items } of simulator.delivery.log.entries()) if (status === 202) delivered += items;
    simulator.delivery.log.clear();
    return delivered;
  }

  async function look(): Promise<void> {
    const gone = await sender.lost();
    // First what was answered, then what is stored: what comes in between makes the second greater.
    const answered = takenByGraph() + sender.answers().taken;
    const { accepted } = await services.changes.stats();
    const missing = Math.max(gone, answered - accepted);
    lost += Math.max(0, missing);
    if (missing > 0)
      throw new Error(
        `Answered 202 but not stored: ${gone} of ours; in all ${answered}, and accepted are ${accepted}.`,
      );
  }

  async function sumHolds(): Promise<void> {
    const { accepted, ...parts } = await trial.ghs(statsSchema, 'changes', 'stats');
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    const answered = takenByGraph() + sender.answers().taken;
    if (sum === accepted && accepted >= answered) return;
    throw new Error(`ghs changes stats: accepted ${accepted} of ${answered}, and its parts are ${sum} together.`);
  }

  async function untilQuiet(limitMs: number): Promise<void> {
    let sinceMs = systemClock.nowMs();
    const isQuiet = async () => {
      const stats = await Promise.all(tenants.map(({ tenant }) => services.changes.stats(tenant.id)));
      if (stats.some(({ open }) => open > 0) || simulator.delivery.waiting() > 0) sinceMs = systemClock.nowMs();
      return systemClock.nowMs() - sinceMs >= QUIET_MS;
    };
    await waitUntil(isQuiet, { for: 'quiet', limitMs, everyMs: 100, signal });
  }

  async function oneOwnerAnEpoch(): Promise<void> {
    const seen = new Map<string, string>();
    for (const ship of ships) {
      for (const { event, tenantId, epoch } of await ship.tenures()) {
        if (event !== 'owner.started') continue;
        const key = `tenant ${tenantId} in epoch ${epoch}`;
        const other = seen.get(key);
        if (other !== undefined) throw new Error(`${other} and ${ship.name} both worked ${key}.`);
        seen.set(key, ship.name);
      }
    }
  }
}
