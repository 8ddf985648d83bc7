export type SubscriptionKind = 'users' | 'groups' | 'events';

/**
 * `creating`: written before Graph is asked, so that a notification or a lost answer finds it. `active`: Graph has it.
 * `gone`: Graph does not know it any more; the owner makes it anew.
 */
export type SubscriptionState = 'creating' | 'active' | 'gone';

/** One subscription of ours at Graph. */
export interface SubscriptionRow {
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: SubscriptionKind;
  /** `users`, `groups`, `users/{id}/events`; as sent to Graph, without the `$select` of resource data. */
  readonly resource: string;
  /** Graph's id; null while the answer to the creation is not in. */
  readonly subscriptionId: string | null;
  readonly state: SubscriptionState;
  /** Address under which Graph tells us. */
  readonly notificationUrl: string;
  /** Which secret signs the clientState (CONTRACT section 3). */
  readonly keyId: string;
  readonly nonce: string;
  /** For which of our certificates resource data is encrypted; null: notifications are plain. Absent in old rows. */
  readonly certificateId?: string | null;
  /** As granted by Graph. */
  readonly expiresAt: Date | null;
  /** From then on it is renewed: about half of its life, with jitter, so that there are many tries before the end. */
  readonly renewAt: Date | null;
  readonly lastNotificationAt: Date | null;
  /** Last PATCH that Graph granted. */
  readonly renewedAt: Date | null;
  readonly attempts: number;
  /** Not before then: the last try failed. */
  readonly nextTryAt: Date | null;
  readonly problem: string | null;
  /** Rounds of catch-up in a row that found lost notices; absent: none did (law L15). */
  readonly lossStreak?: number;
  /** When notices were last found to be lost, and how many in all. */
  readonly lostAt?: Date;
  readonly lostNotices?: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const SUBSCRIPTIONS = 'subscriptions';

/** The person whose calendar a subscription is about; null: none. */
export function mailboxOf(resource: string): string | null {
  return /^users\/([^/]+)\/events(?:\?|$)/.exec(resource)?.[1] ?? null;
}

/** What one tenant should have at Graph. */
export interface DesiredSubscription {
  readonly kind: SubscriptionKind;
  readonly resource: string;
}

/** Longest life that Graph grants directory subscriptions, in minutes (Microsoft Graph, subscription resource type). */
export const DIRECTORY_MAX_MINUTES = 41_760;
/** Of mailboxes 10,080 minutes are documented and 10,070 enforced (live answers; threads of three projects). */
export const OUTLOOK_MAX_MINUTES = 10_070;
/** With resource data (Microsoft Graph, subscription resource type). */
export const RICH_MAX_MINUTES = 1_440;
/** Asked for less than the maximum, so that clocks that differ a little do not lead to a refusal. */
export const MARGIN_MINUTES = 30;
