import { type Subscription, sevenDigitInstant } from '../subscriptions/subscription.js';
import type { Commit } from '../world/types.js';
import type { EncryptedContent } from './rich-content.js';

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed';

/** One item of a change-notification collection, as it goes over the wire. */
export interface NotificationItem {
  readonly subscriptionId: string;
  readonly subscriptionExpirationDateTime: string;
  readonly tenantId: string;
  readonly clientState: string | null;
  readonly lifecycleEvent?: LifecycleEvent;
  readonly changeType?: string;
  readonly resource?: string;
  readonly resourceData?: Readonly<Record<string, unknown>>;
  readonly encryptedContent?: EncryptedContent;
}

const NAMES = {
  user: { kind: 'users', path: 'Users', type: '#Microsoft.Graph.User' },
  group: { kind: 'groups', path: 'Groups', type: '#Microsoft.Graph.Group' },
} as const;

/** Whether a subscription asked to hear of this commit. */
export function isAbout(subscription: Subscription, commit: Commit): boolean {
  const { watched } = subscription;
  if (watched.kind !== NAMES[commit.kind].kind || !subscription.changeTypes.has(commit.changeType)) return false;
  if (watched.id !== null && watched.id !== commit.objectId) return false;
  const needsMembers = watched.kind === 'groups' && watched.membersOnly;
  return !needsMembers || commit.membersAdded.length + commit.membersRemoved.length > 0;
}

/** The item that tells a subscription of a commit. */
export function changeItem(
  subscription: Subscription,
  commit: Commit,
  options: { members: boolean },
): NotificationItem {
  const { path, type } = NAMES[commit.kind];
  const resource = `${path}/${commit.objectId}`;
  const members = options.members ? membersDelta(commit) : [];
  return {
    changeType: commit.changeType,
    ...itemHead(subscription),
    resource,
    resourceData: {
      '@odata.type': type,
      '@odata.id': resource,
      id: commit.objectId,
      organizationId: subscription.tenantId,
      eventTime: new Date(commit.atMs).toISOString(),
      sequenceNumber: sequenceNumber(commit),
      ...(members.length > 0 && { 'members@delta': members }),
    },
  };
}

/** The item that tells of the subscription itself. */
export function lifecycleItem(subscription: Subscription, lifecycleEvent: LifecycleEvent): NotificationItem {
  return { ...itemHead(subscription), lifecycleEvent };
}

/** What every item says of its subscription. */
export function itemHead(subscription: Subscription) {
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: sevenDigitInstant(subscription.expiresAtMs),
    tenantId: subscription.tenantId,
    clientState: subscription.clientState,
  };
}

/** In notifications `@removed` is a text, unlike the object of delta queries. */
function membersDelta(commit: Commit) {
  return [
    ...commit.membersAdded.map((id) => ({ id })),
    ...commit.membersRemoved.map((id) => ({ id, '@removed': 'deleted' })),
  ];
}

/** 100 ns ticks since the year 1, which no double holds exactly: written as text here, as a number on the wire. */
function sequenceNumber(commit: Commit): string {
  return String(621_355_968_000_000_000n + BigInt(commit.atMs) * 10_000n + BigInt(commit.sequence % 10_000));
}

/** The body of a POST; `sequenceNumber` becomes the long number that Graph writes. */
export function collectionBody(
  items: readonly NotificationItem[],
  validationTokens?: readonly string[] | null,
): string {
  return JSON.stringify({ value: items, validationTokens }).replace(/"sequenceNumber":"(\d+)"/g, '"sequenceNumber":$1');
}
