import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Owner, OwnerWork } from '../owner.js';
import type { Admission, ConnectionFault } from './admission.js';

const POLL_MS = 250;
/** What others write of the connection is seen within this time: somebody's own check, an owner of before. */
const LOOK_MS = 5 * SECOND_MS;

export interface AdmissionWorkDeps {
  readonly admission: Admission;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the tenant lets us read it, asked with a new token. */
  isAdmitted(tenantId: string, signal: AbortSignal): Promise<boolean>;
  /** What the integration says is wrong with the connection, whoever found it out; null: nothing. */
  said(owner: Owner): Promise<ConnectionFault | null>;
  /** Says why nothing is worked on, unless the tenant was let in meanwhile. */
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
      let isTold = false;
      let lookAtMs = clock.nowMs();
      signal.addEventListener('abort', () => admission.release(tenantId), { once: true });
      while (!signal.aborted) {
        if (lookAtMs <= clock.nowMs()) {
          isTold = await compare(owner, isTold);
          lookAtMs = clock.nowMs() + LOOK_MS;
        }
        const held = admission.held(tenantId);
        if (held === null) isTold = false;
        else if (!isTold) {
          await deps.keep(owner, held.fault);
          log.error({ event: 'tenant.held', tenantId, code: held.fault.code }, 'the tenant does not let us in');
          isTold = true;
        } else if (held.probeAtMs <= clock.nowMs()) isTold = !(await probe(owner));
        await clock.sleep(POLL_MS, signal);
      }
    },
  };

  /** Follows what is said of the connection; answers whether a hold is told there. */
  async function compare(owner: Owner, isTold: boolean): Promise<boolean> {
    const { tenantId } = owner;
    const said = await deps.said(owner);
    const isHeld = admission.held(tenantId) !== null;
    // Somebody else was let in: so may we be.
    if (said === null) return isHeld && isTold && !(await probe(owner));
    if (isHeld) return isTold;
    admission.hold(tenantId, said);
    return true;
  }

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
