import { Counter } from 'prom-client';
import type { Services } from '../../compose.js';
import { createLeases, type Leases } from '../../sync/lease.js';

/** The tenants that this process holds, and what the fence refused it. */
export function composeLeases(base: Pick<Services, 'store' | 'clock' | 'chance' | 'log' | 'metrics'>): Leases {
  const refused = new Counter({
    name: 'owner_writes_refused_total',
    help: 'Writes of an owner that had lost its tenant without knowing, as one does that slept past its lease; nothing of them is in',
    registers: [base.metrics],
  });
  return createLeases({ ...base, holder: base.chance.guid(), refused: () => refused.inc() });
}
