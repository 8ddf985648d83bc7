import { setMaxListeners } from 'node:events';
import type { TenantGraph } from '../graph/types.js';
import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import { SwitchedOff } from './admission/switched-off.js';
import { LEASE_MS, type Lease, LeaseLost, type Leases, RENEW_EVERY_MS } from './lease.js';
import { CLOSED_POLL_MS } from './may-work.js';
import { createLane, type Lane } from './ordering/lane.js';
import { createTickets, type Tickets } from './ordering/tickets.js';

/** The one process that works a tenant, for as long as its lease holds (law L3). */
export interface Owner extends Lease {
  readonly graph: TenantGraph;
  readonly lane: Lane;
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal;
  readonly tickets: Tickets;
}

/** One kind of work that an owner does, as a loop that ends when the owner's signal does. */
export interface OwnerWork {
  readonly name: string;
  run(owner: Owner): Promise<void>;
}

export interface RunningOwner {
  readonly owner: Owner;
  /** Ends the work, waits for what is in the lane and gives the lease back. */
  stop(): Promise<void>;
  /** Resolves when the owner ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
}

interface OwnerDeps {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  readonly works: readonly OwnerWork[];
  /** A kind of work has thrown, and is started again. */
  failed(work: string): void;
  graphFor(tenantId: string): TenantGraph;
}

/** Starts all kinds of work for a tenant and keeps its lease. */
export function startOwner(deps: OwnerDeps, lease: Lease): RunningOwner {
  const { clock, log } = deps;
  const abort = new AbortController();
  // Every request and pause of a tenant listens to it: there are as many as there is work.
  setMaxListeners(0, abort.signal);
  const lane = createLane();
  const owner: Owner = {
    enterpriseId: lease.enterpriseId,
    tenantId: lease.tenantId,
    epoch: lease.epoch,
    transaction: lease.transaction,
    graph: deps.graphFor(lease.tenantId),
    lane,
    signal: abort.signal,
    tickets: createTickets(lease.epoch),
  };
  log.info({ event: 'owner.started', tenantId: owner.tenantId, epoch: owner.epoch }, 'tenant taken');
  const loops = [keepLease(), ...deps.works.map(runWork)];
  const ended = Promise.all(loops).then(finish);
  return {
    owner,
    ended,
    stop: () => {
      abort.abort(new Error('the owner stops'));
      return ended;
    },
  };

  async function keepLease(): Promise<void> {
    let renewedAtMs = clock.nowMs();
    while (!abort.signal.aborted) {
      await clock.sleep(RENEW_EVERY_MS, abort.signal).catch(() => undefined);
      if (abort.signal.aborted) return;
      const renewed = await lane.run(() => deps.leases.renew(lease), { urgent: true }).catch(() => null);
      if (renewed === true) renewedAtMs = clock.nowMs();
      else if (renewed === false || clock.nowMs() - renewedAtMs > LEASE_MS) {
        lose();
      }
    }
  }

  function lose(): void {
    if (!abort.signal.aborted)
      log.warn({ event: 'owner.lost', tenantId: owner.tenantId, epoch: owner.epoch }, 'tenant lost');
    abort.abort(new Error('the lease is lost'));
  }

  /** A kind of work that throws is started again: one broken kind never stops the others. */
  async function runWork(work: OwnerWork): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        await work.run(owner);
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof LeaseLost) return lose();
        if (error instanceof SwitchedOff) {
          await clock.sleep(CLOSED_POLL_MS, abort.signal).catch(() => undefined);
          continue;
        }
        deps.failed(work.name);
        log.error({ event: 'owner.work_failed', work: work.name, tenantId: owner.tenantId, error: messageOf(error) });
        await clock.sleep(1_000, abort.signal).catch(() => undefined);
      }
    }
  }

  async function finish(): Promise<void> {
    await lane.idle();
    await deps.leases.release(lease).catch(() => undefined);
    log.info({ event: 'owner.ended', tenantId: owner.tenantId, epoch: owner.epoch }, 'tenant given back');
  }
}
