import type { SimulatedClock } from '../world/types.js';
import type { Subscription } from './subscription.js';

export interface SubscriptionStore {
  add(subscription: Subscription): void;
  remove(id: string): boolean;
  /** Undefined for an unknown, deleted or expired id alike: Graph forgets all three. */
  find(id: string): Subscription | undefined;
  /** Live ones of a tenant, oldest first. */
  ofTenant(tenantId: string): readonly Subscription[];
  all(): readonly Subscription[];
}

/** Keeps the subscriptions of all tenants; one that has expired is deleted when it is next looked at. */
export function createSubscriptionStore(deps: { clock: SimulatedClock }): SubscriptionStore {
  const byTenant = new Map<string, Map<string, Subscription>>();

  return {
    add: (subscription) => {
      const kept = byTenant.get(subscription.tenantId) ?? new Map<string, Subscription>();
      byTenant.set(subscription.tenantId, kept.set(subscription.id, subscription));
    },
    remove: (id) => [...byTenant.values()].some((kept) => kept.delete(id)),
    find: (id) => {
      for (const kept of byTenant.values()) {
        const found = kept.get(id);
        if (found) return live(kept, found) ? found : undefined;
      }
      return undefined;
    },
    ofTenant,
    all: () => [...byTenant.keys()].flatMap(ofTenant),
  };

  function ofTenant(tenantId: string): Subscription[] {
    const kept = byTenant.get(tenantId);
    return kept ? [...kept.values()].filter((subscription) => live(kept, subscription)) : [];
  }

  function live(kept: Map<string, Subscription>, subscription: Subscription): boolean {
    if (subscription.expiresAtMs > deps.clock.nowMs()) return true;
    kept.delete(subscription.id);
    return false;
  }
}
