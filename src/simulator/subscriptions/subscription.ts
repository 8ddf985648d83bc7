import { servicePrincipalId } from '../identity/access-token.js';
import type { GraphRequest } from '../world/types.js';
import type { SubscribedResource } from './subscribed-resource.js';

/** A subscription as this Graph keeps it; fields that PATCH and time change are not readonly. */
export interface Subscription {
  readonly id: string;
  readonly tenantId: string;
  readonly applicationId: string;
  /** Exactly as it was sent. */
  readonly resource: string;
  readonly watched: SubscribedResource;
  /** Exactly as it was sent, such as `updated,deleted`. */
  readonly changeType: string;
  readonly changeTypes: ReadonlySet<string>;
  readonly clientState: string | null;
  readonly lifecycleNotificationUrl: string | null;
  readonly includeResourceData: boolean;
  readonly latestSupportedTlsVersion: string;
  readonly notificationQueryOptions: string | null;
  readonly notificationUrlAppId: string | null;
  /** Whether `Prefer: IdType="ImmutableId"` was sent when it was created. */
  readonly immutableIds: boolean;
  notificationUrl: string;
  encryptionCertificate: string | null;
  encryptionCertificateId: string | null;
  expiresAtMs: number;
  /** Notifications pause while set, until a PATCH of the expiry or reauthorize. */
  needsReauthorization: boolean;
}

/** An instant with the seven fractional digits that Graph writes. */
export function sevenDigitInstant(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '0000Z');
}

/** The subscription entity of an answer; `clientState` is hidden (null) except in answers to POST and PATCH. */
export function subscriptionEntity(subscription: Subscription, shows: { clientState: boolean }) {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.applicationId,
    changeType: subscription.changeType,
    clientState: shows.clientState ? subscription.clientState : null,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: subscription.notificationQueryOptions,
    notificationContentType: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: sevenDigitInstant(subscription.expiresAtMs),
    creatorId: servicePrincipalId(subscription.tenantId, subscription.applicationId),
    includeResourceData: subscription.includeResourceData ? true : null,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: subscription.encryptionCertificate,
    encryptionCertificateId: subscription.encryptionCertificateId,
    notificationUrlAppId: subscription.notificationUrlAppId,
  };
}

/** An answer with one subscription. */
export function entityBody(request: GraphRequest, subscription: Subscription, shows: { clientState: boolean }) {
  return {
    '@odata.context': `${request.root}/$metadata#subscriptions/$entity`,
    ...subscriptionEntity(subscription, shows),
  };
}
