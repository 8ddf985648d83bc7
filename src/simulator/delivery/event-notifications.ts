import type { Subscription } from '../subscriptions/subscription.js';
import type { SubscriptionStore } from '../subscriptions/subscription-store.js';
import type { CalendarChange } from '../world/calendar/calendar-types.js';
import { createSeededRandom, type SeededRandom } from '../world/seeded-random.js';
import type { World } from '../world/types.js';
import { itemHead, type NotificationItem } from './notification-item.js';

type Told = Pick<CalendarChange, 'changeType' | 'eventId'>;

/** One in so many edits is told a second time, and one in so many as `created` before. */
const TWICE_EVERY = 4;
const AS_CREATED_EVERY = 10;

/** Turns the edits of all calendars into notifications for those who subscribed to the mailbox's events. */
export function announceEvents(
  { world, store }: { readonly world: World; readonly store: SubscriptionStore },
  publish: (subscription: Subscription, item: NotificationItem) => void,
): void {
  const random = createSeededRandom(`${world.seed} event notifications`);
  for (const tenant of world.tenants.values()) {
    tenant.calendars.onChange((change) => {
      const burst = world.switches.eventBursts ? burstOf(change, random) : [change];
      const subscriptions = store.ofTenant(tenant.id).filter(({ watched }) => isMailbox(watched, change.userId));
      for (const told of burst) {
        const interested = subscriptions.filter(({ changeTypes }) => changeTypes.has(told.changeType));
        for (const subscription of interested) publish(subscription, eventItem(subscription, change, { told, random }));
      }
    });
  }
}

function isMailbox(watched: Subscription['watched'], userId: string): boolean {
  return watched.kind === 'events' && watched.id === userId;
}

/**
 * What one edit is told as: a creation as created and twice updated, an edit now and then twice or as created too, and
 * an occurrence together with its series. Source: threads of Microsoft Graph users.
 */
function burstOf(change: CalendarChange, random: SeededRandom): readonly Told[] {
  const { changeType, eventId, seriesMasterId } = change;
  const updated: Told = { changeType: 'updated', eventId };
  const series: readonly Told[] = seriesMasterId === null ? [] : [{ changeType: 'updated', eventId: seriesMasterId }];
  switch (changeType) {
    case 'created':
      return [change, updated, updated];
    case 'updated': {
      const [again, asCreated] = [random.below(TWICE_EVERY) === 0, random.below(AS_CREATED_EVERY) === 0];
      const first: readonly Told[] = asCreated ? [{ changeType: 'created', eventId }] : [];
      return [...first, updated, ...(again ? [updated] : []), ...series];
    }
    case 'deleted':
      return [change, ...series];
  }
}

function eventItem(
  subscription: Subscription,
  { userId, changeKey }: CalendarChange,
  { told, random }: { told: Told; random: SeededRandom },
): NotificationItem {
  const { tenantId } = subscription;
  const owner = random.below(2) === 0 ? `Users/${userId}` : `users/${userId}@${tenantId}`;
  const resource = `${owner}/Events/${told.eventId}`;
  return {
    changeType: told.changeType,
    ...itemHead(subscription),
    resource,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.Event',
      '@odata.id': resource,
      '@odata.etag': `W/"${changeKey}"`,
      id: told.eventId,
    },
  };
}
