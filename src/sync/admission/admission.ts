import { backoffMs } from '../../kernel/backoff.js';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';

const PROBES = { firstMs: 5 * SECOND_MS, mostMs: 5 * MINUTE_MS };
/** Held again so soon after, a tenant is asked as seldom as before. */
const RECENT_MS = 10 * MINUTE_MS;

/** What is wrong with our credential or the tenant's consent, and what to do about it. */
export interface ConnectionFault {
  readonly code: string;
  readonly message: string;
}

/** A tenant that does not let us in: its changes wait, none of them is to blame. */
export interface Held {
  readonly fault: ConnectionFault;
  /** Not before then is it tried again. */
  readonly probeAtMs: number;
  readonly probes: number;
}

/** Which tenants a fault of credential or consent holds, in the memory of their owner. */
export interface Admission {
  held(tenantId: string): Held | null;
  hold(tenantId: string, fault: ConnectionFault): void;
  /** Still not let in: the next try is later. */
  again(tenantId: string): void;
  release(tenantId: string): void;
}

export function createAdmission({ clock, chance }: { clock: Clock; chance: Chance }): Admission {
  const holds = new Map<string, Held>();
  const released = new Map<string, { readonly atMs: number; readonly probes: number }>();
  return {
    held: (tenantId) => holds.get(tenantId) ?? null,
    hold: (tenantId, fault) => {
      if (holds.has(tenantId)) return;
      const before = released.get(tenantId);
      const isRecent = before !== undefined && clock.nowMs() - before.atMs < RECENT_MS;
      holds.set(tenantId, next(fault, isRecent ? before.probes + 1 : 1));
    },
    again: (tenantId) => {
      const held = holds.get(tenantId);
      if (held) holds.set(tenantId, next(held.fault, held.probes + 1));
    },
    release: (tenantId) => {
      const held = holds.get(tenantId);
      if (held) released.set(tenantId, { atMs: clock.nowMs(), probes: held.probes });
      holds.delete(tenantId);
    },
  };

  function next(fault: ConnectionFault, probes: number): Held {
    const waitMs = backoffMs(probes, PROBES, () => chance.random());
    return { fault, probes, probeAtMs: clock.nowMs() + waitMs };
  }
}
