import { selected } from '../graph/calendar/calendar-options.js';
import { eventEntity } from '../graph/calendar/event-entity.js';
import { readSelect } from '../graph/odata/select.js';
import type { Subscription } from '../subscriptions/subscription.js';
import type { SubscriptionStore } from '../subscriptions/subscription-store.js';
import type { CalendarChange } from '../world/calendar/calendar-types.js';
import { createSeededRandom, type SeededRandom } from '../world/seeded-random.js';
import type { RichFault, Tenant, World } from '../world/types.js';
import { itemHead, type NotificationItem } from './notification-item.js';
import { type EncryptedContent, sealContent } from './rich-content.js';

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
        for (const subscription of interested) {
          const fault = world.switches.richFault;
          const encryptedContent = contentOf(subscription, { tenant, userId: change.userId, told, fault });
          const item = eventItem(subscription, change, { told, random });
          publish(subscription, encryptedContent ? { ...item, encryptedContent } : item);
        }
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

/** UTC: nothing is known of what the subscriber prefers. */
const PREFERENCES = { zoneName: 'UTC', zone: 'UTC', pageSize: null, headers: {} };

/** The selected properties of the event as it is now, encrypted; of one that is gone the id alone. */
function contentOf(
  { includeResourceData, resource, encryptionCertificate, encryptionCertificateId }: Subscription,
  { tenant, userId, told, fault }: { tenant: Tenant; userId: string; told: Told; fault: RichFault },
): EncryptedContent | null {
  if (!includeResourceData || encryptionCertificate === null || encryptionCertificateId === null) return null;
  const found = told.changeType === 'deleted' ? undefined : tenant.calendars.view(userId).find(told.eventId);
  const owner = tenant.view().user(userId);
  const select = readSelect(new URLSearchParams(resource.split('?')[1] ?? ''));
  const entity = found && owner ? selected(eventEntity(found, { preferences: PREFERENCES, owner }), select) : {};
  const content = { '@odata.type': '#Microsoft.Graph.Event', id: told.eventId, ...entity };
  return sealContent(content, { certificate: encryptionCertificate, certificateId: encryptionCertificateId, fault });
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
