import { isDatabaseFault } from '../../store/transaction.js';
import { isSyncOn } from '../../tenancy/settings/integration-settings.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import { LeaseLost } from '../lease.js';
import type { Owner } from '../owner.js';

/** Somebody switched the sync off, paused or disconnected it while something was read: nothing more is written. */
export class SwitchedOff extends Error {
  override readonly name = 'SwitchedOff';
}

/**
 * Asked in the transaction that writes, of the integration as it is there: whoever pauses it raises the same fence, so
 * that what is committed after the pause was not written by the sync.
 */
export function requireSyncOn(integration: IntegrationRow, { tenantId }: Pick<Owner, 'tenantId'>): void {
  if (!isSyncOn(integration) || integration.tenantId !== tenantId)
    throw new SwitchedOff(`the sync of tenant ${tenantId} is switched off`);
}

/** Whether an error has nothing to do with the object that was worked on, and ends the work on all of them. */
export function endsWork({ signal }: Owner, error: unknown): boolean {
  const isOurs = error instanceof LeaseLost || error instanceof SwitchedOff || isDatabaseFault(error);
  return signal.aborted || isOurs;
}
