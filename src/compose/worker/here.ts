import type { MicrosoftServices, Services } from '../../compose.js';
import type { Config } from '../../config/config.js';
import { startOwner } from '../../sync/owner.js';
import { composeWorks } from './worker.js';

/** A tenant that this process works for a while. */
export interface OwnedHere {
  /** Ends the work, waits for what is being written and gives the tenant back. */
  stop(): Promise<void>;
}

/**
 * Takes one tenant into this process, if nobody alive holds it (null otherwise): for a command that must not depend
 * on a running service. Subscriptions are left alone, because nobody here would listen to what Graph then tells.
 */
export async function ownHere(
  services: Services,
  parts: { microsoft: MicrosoftServices; config: Config },
  scope: { enterpriseId: string; tenantId: string },
): Promise<OwnedHere | null> {
  const { leases, clock, log } = services;
  const lease = await leases.take(scope.enterpriseId, scope.tenantId);
  if (lease === null) return null;
  const works = composeWorks(services, parts).filter(({ name }) => name !== 'subscriptions');
  const graphFor = (tenantId: string) => parts.microsoft.graphFor(tenantId);
  // Its log says what failed; nobody asks a command for metrics.
  const running = startOwner({ leases, clock, log, works, graphFor, failed: () => {} }, lease);
  return { stop: () => running.stop() };
}
