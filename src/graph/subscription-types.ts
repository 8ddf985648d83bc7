import type { GraphFailure } from './graph-failure.js';
import type { CallOptions } from './types.js';

export interface GraphSubscription {
  readonly id: string;
  readonly resource: string;
  readonly changeType: string;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  /** As granted, which may differ from what was asked. */
  readonly expiresAt: Date;
  readonly applicationId: string | null;
  /** Of a subscription with resource data: for which certificate it is encrypted; null also where it is not told. */
  readonly certificateId: string | null;
}

/** The public half of a certificate for which resource data is encrypted, and our name of it. */
export interface EncryptionCertificate {
  /** Base64 of its DER form. */
  readonly encryptionCertificate: string;
  readonly encryptionCertificateId: string;
}

export interface NewSubscription {
  /** Relative: `users`, `groups`, `users/{id}/events`. */
  readonly resource: string;
  /** Users and groups: `updated,deleted`. */
  readonly changeType: string;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string;
  /** At most 128 characters. */
  readonly clientState: string;
  /** A wish: shortened once when Graph names a smaller maximum. */
  readonly expiresAt: Date;
  /** Event ids that survive a move between folders; can only be set at creation. */
  readonly immutableIds?: boolean;
  /** Given: notifications carry the selected properties, encrypted; the resource then has a `$select`. */
  readonly encryption?: EncryptionCertificate | null;
}

export interface Renewal {
  /** A wish: shortened once when Graph names a smaller maximum. */
  readonly expiresAt: Date;
  /** Given: resource data is encrypted for this certificate from now on. */
  readonly encryption?: EncryptionCertificate | null;
}

type Failed = { readonly outcome: 'failed'; readonly failure: GraphFailure };
type Gone = { readonly outcome: 'gone' };

export type SubscriptionCreated =
  | { readonly outcome: 'created'; readonly subscription: GraphSubscription }
  /** Graph holds one for the same resource already: list and adopt, or delete it. */
  | { readonly outcome: 'conflict'; readonly failure: GraphFailure }
  | { readonly outcome: 'quota'; readonly failure: GraphFailure }
  /** The mailbox does not exist, or not any more. */
  | { readonly outcome: 'no_resource'; readonly failure: GraphFailure }
  /** Exchange keeps the mailbox from us: a policy, or the permission is missing. */
  | { readonly outcome: 'blocked'; readonly failure: GraphFailure }
  | Failed;
export type SubscriptionFound = { readonly outcome: 'found'; readonly subscription: GraphSubscription } | Gone | Failed;
export type SubscriptionRenewed =
  | { readonly outcome: 'renewed'; readonly subscription: GraphSubscription }
  | Gone
  | Failed;
export type SubscriptionDeleted = { readonly outcome: 'deleted' } | Gone | Failed;
export type SubscriptionReauthorised = { readonly outcome: 'reauthorised' } | Gone | Failed;

export interface SubscriptionCalls {
  createSubscription(wanted: NewSubscription, options?: CallOptions): Promise<SubscriptionCreated>;
  getSubscription(subscriptionId: string, options?: CallOptions): Promise<SubscriptionFound>;
  /** All of this application in the tenant, other addresses' included. Throws GraphFailure. */
  listSubscriptions(options?: CallOptions): Promise<GraphSubscription[]>;
  /** Sets the expiry, which also reauthorises: never send both within ten minutes. */
  renewSubscription(subscriptionId: string, renewal: Renewal, options?: CallOptions): Promise<SubscriptionRenewed>;
  /** The same for many in batches; every id given has an answer. */
  renewSubscriptions(
    renewals: ReadonlyMap<string, Renewal>,
    options?: CallOptions,
  ): Promise<ReadonlyMap<string, SubscriptionRenewed>>;
  deleteSubscription(subscriptionId: string, options?: CallOptions): Promise<SubscriptionDeleted>;
  reauthoriseSubscription(subscriptionId: string, options?: CallOptions): Promise<SubscriptionReauthorised>;
}
