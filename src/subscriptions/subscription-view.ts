import type { SubscriptionRow } from './types.js';

/** A subscription as operators see it (CONTRACT section 4), by Graph's own id; by ours while Graph has given none. */
export function subscriptionView(row: SubscriptionRow) {
  const { tenantId, kind, resource, expiresAt, state, keyId, lastNotificationAt, problem } = row;
  const { lostNotices = 0, lostAt = null } = row;
  const id = row.subscriptionId ?? row._id;
  return {
    ...{ id, tenantId, kind, resource, expiresAt, state, keyId, lastNotificationAt },
    ...{ lostNotices, lostAt, problem },
  };
}
