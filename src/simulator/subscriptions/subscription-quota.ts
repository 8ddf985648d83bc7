import type { SubscribedResource } from './subscribed-resource.js';
import { resourceKey } from './subscribed-resource.js';
import type { Subscription } from './subscription.js';

/** Directory subscriptions of one kind that an app may hold in a tenant. Source: Microsoft Graph documentation, change notifications. */
const PER_APP_AND_TENANT = 100;

/** Subscriptions on one mailbox over all apps. Source: as above. */
const PER_MAILBOX = 1_000;

export type Room =
  | { readonly outcome: 'free' }
  | { readonly outcome: 'full'; readonly message: string }
  | { readonly outcome: 'taken'; readonly message: string };

export interface Wanted {
  readonly watched: SubscribedResource;
  readonly changeTypes: ReadonlySet<string>;
  readonly applicationId: string;
  readonly tenantId: string;
}

/** Whether one more subscription fits beside the tenant's present ones. */
export function roomFor(wanted: Wanted, present: readonly Subscription[], duplicates: 'conflict' | 'accepted'): Room {
  const own = present.filter((other) => other.applicationId === wanted.applicationId);
  const twin = own.find((other) => sameWatch(other, wanted));
  if (twin && duplicates === 'conflict') {
    return {
      outcome: 'taken',
      message: `Subscription Id ${twin.id} already exists for the requested combination of changeType and resource.`,
    };
  }
  const { kind, id } = wanted.watched;
  const counted = kind === 'events' ? present.filter((other) => other.watched.id === id) : own;
  const limit = kind === 'events' ? PER_MAILBOX : PER_APP_AND_TENANT;
  if (counted.filter((other) => other.watched.kind === kind).length < limit) return { outcome: 'free' };
  const message = `App '${wanted.applicationId}' has reached its limit of '${limit}' '${kind}' subscriptions on tenant '${wanted.tenantId}'. Delete some to create new ones.`;
  return { outcome: 'full', message };
}

function sameWatch(other: Subscription, wanted: Wanted): boolean {
  return (
    resourceKey(other.watched) === resourceKey(wanted.watched) &&
    other.changeTypes.size === wanted.changeTypes.size &&
    [...wanted.changeTypes].every((type) => other.changeTypes.has(type))
  );
}
