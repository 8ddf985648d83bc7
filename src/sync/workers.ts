import { messageOf } from '../kernel/app-error.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Lease, Leases } from './lease.js';
import type { RunningOwner } from './owner.js';

/** How often a worker looks for tenants that nobody holds. With the lease of 15 s a take-over stays below 20 s. */
const LOOK_EVERY_MS = 2_000;

export interface Workers {
  /** Tenants that this process holds now. */
  held(): readonly string[];
  /** How many tenants are connected, as last looked at: somebody should hold each of them. */
  connected(): number;
  /** Whether the last look for tenants succeeded: this process could take what is free and keeps what it holds. */
  isReady(): boolean;
  stop(): Promise<void>;
}

interface WorkersDeps {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
  /** Connected enterprises with their tenants; a shorter list ends the owners that are not on it any more. */
  connected(): Promise<readonly { enterpriseId: string; tenantId: string }[]>;
  start(lease: Lease): RunningOwner;
}

/** Takes every tenant that it can get and keeps it; M processes share the tenants by taking what is free. */
export function startWorkers(deps: WorkersDeps): Workers {
  const abort = new AbortController();
  const owners = new Map<string, RunningOwner>();
  let ready = false;
  let connected = 0;
  const loop = look();
  return {
    held: () => [...owners.values()].map(({ owner }) => owner.tenantId),
    connected: () => connected,
    isReady: () => ready,
    stop: async () => {
      abort.abort(new Error('the worker stops'));
      await loop;
      await Promise.all([...owners.values()].map((owner) => owner.stop()));
    },
  };

  async function look(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        const wanted = await deps.connected();
        connected = wanted.length;
        await takeAndGiveBack(wanted);
        ready = true;
      } catch (error) {
        ready = false;
        deps.log.error({ event: 'workers.look_failed', error: messageOf(error) }, 'could not look for tenants');
      }
      await deps.clock.sleep(LOOK_EVERY_MS, abort.signal).catch(() => undefined);
    }
  }

  async function takeAndGiveBack(connected: readonly { enterpriseId: string; tenantId: string }[]): Promise<void> {
    const wanted = new Map(connected.map((each) => [each.enterpriseId, each.tenantId]));
    for (const [enterpriseId, running] of owners) {
      if (wanted.get(enterpriseId) !== running.owner.tenantId) await running.stop();
    }
    for (const { enterpriseId, tenantId } of connected) {
      if (owners.has(enterpriseId) || abort.signal.aborted) continue;
      const lease = await deps.leases.take(enterpriseId, tenantId);
      if (lease) keep(deps.start(lease));
    }
  }

  function keep(running: RunningOwner): void {
    const { enterpriseId } = running.owner;
    owners.set(enterpriseId, running);
    void running.ended.finally(() => {
      if (owners.get(enterpriseId) === running) owners.delete(enterpriseId);
    });
  }
}
