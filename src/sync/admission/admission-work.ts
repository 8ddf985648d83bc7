import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Owner, OwnerWork } from '../owner.js';
import type { Admission, ConnectionFault } from './admission.js';

const POLL_MS = 250;

export interface AdmissionWorkDeps {
  readonly admission: Admission;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the tenant lets us read it, asked with a new token. */
  isAdmitted(tenantId: string, signal: AbortSignal): Promise<boolean>;
  /** What an owner of before was held by; null: nothing. */
  heldBefore(owner: Owner): Promise<ConnectionFault | null>;
  /** Says why nothing is worked on. */
  keep(owner: Owner, fault: ConnectionFault): Promise<void>;
  /** Takes that back, and asks what was missed. */
  clear(owner: Owner): Promise<void>;
}

/** Says that a tenant does not let us in, and notices by itself when it does again. */
export function createAdmissionWork(deps: AdmissionWorkDeps): OwnerWork {
  const { admission, clock, log } = deps;
  return {
    name: 'admission',
    run: async (owner) => {
      const { tenantId, signal } = owner;
      const before = await deps.heldBefore(owner);
      if (before) admission.hold(tenantId, before);
      let isTold = before !== null;
      signal.addEventListener('abort', () => admission.release(tenantId), { once: true });
      while (!signal.aborted) {
        const held = admission.held(tenantId);
        if (held && !isTold) {
          await deps.keep(owner, held.fault);
          log.error({ event: 'tenant.held', tenantId, code: held.fault.code }, 'the tenant does not let us in');
          isTold = true;
        }
        if (held && held.probeAtMs <= clock.nowMs()) isTold = !(await probe(owner));
        await clock.sleep(POLL_MS, signal);
      }
    },
  };

  async function probe(owner: Owner): Promise<boolean> {
    const { tenantId } = owner;
    if (!(await deps.isAdmitted(tenantId, owner.signal))) {
      admission.again(tenantId);
      return false;
    }
    await deps.clear(owner);
    admission.release(tenantId);
    log.info({ event: 'tenant.admitted', tenantId }, 'the tenant lets us in again');
    return true;
  }
}
