import { EVENT_ATTRIBUTES } from '../graph/graph-event.js';
import type { EncryptionCertificate } from '../graph/subscription-types.js';
import type { Chance } from '../kernel/chance.js';
import { type Clock, MINUTE_MS } from '../kernel/clock.js';
import { keyId } from '../kernel/secrets.js';
import { CLIENT_STATE_NONCE_BYTES, makeClientState } from '../kernel/signed/client-state.js';
import {
  DIRECTORY_MAX_MINUTES,
  MARGIN_MINUTES,
  mailboxOf,
  OUTLOOK_MAX_MINUTES,
  RICH_MAX_MINUTES,
  type SubscriptionRow,
} from './types.js';

export interface NewSubscriptionDeps {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly appSecrets: readonly string[];
  /** Base address under which Graph reaches us. */
  readonly notificationUrl: string;
  /** For which resource data of new subscriptions is encrypted; null: notifications are plain. */
  readonly encryption: EncryptionCertificate | null;
}

/** The row that is there before Graph is asked. */
export function newRow(
  { clock, chance, appSecrets, notificationUrl, encryption }: NewSubscriptionDeps,
  tenantId: string,
  { kind, resource, attempts }: Pick<SubscriptionRow, 'kind' | 'resource' | 'attempts'>,
): SubscriptionRow {
  const now = clock.now();
  return {
    _id: chance.guid(),
    tenantId,
    kind,
    resource,
    subscriptionId: null,
    state: 'creating',
    notificationUrl: `${notificationUrl}/graph/notifications`,
    keyId: keyId(appSecrets[0] ?? ''),
    nonce: chance.token(CLIENT_STATE_NONCE_BYTES),
    certificateId: kind === 'events' ? (encryption?.encryptionCertificateId ?? null) : null,
    expiresAt: null,
    renewAt: null,
    lastNotificationAt: null,
    renewedAt: null,
    attempts,
    nextTryAt: null,
    problem: null,
    lossStreak: 0,
    createdAt: now,
    updatedAt: now,
  };
}

export function clientStateOf(
  secrets: readonly string[],
  { tenantId, kind, nonce, resource }: SubscriptionRow,
): string {
  const letter = kind === 'users' ? 'u' : kind === 'groups' ? 'g' : 'e';
  return makeClientState({ secrets, tenantId, kind: letter, resourceId: mailboxOf(resource), nonce });
}

/** As late as Graph grants, less a margin. */
export function longestExpiry(row: Pick<SubscriptionRow, 'kind' | 'certificateId'>, nowMs: number): Date {
  const outlook = isRich(row) ? RICH_MAX_MINUTES : OUTLOOK_MAX_MINUTES;
  const most = row.kind === 'events' ? outlook : DIRECTORY_MAX_MINUTES;
  return new Date(nowMs + (most - MARGIN_MINUTES) * MINUTE_MS);
}

/** Whether its notifications carry the event. */
export function isRich({ certificateId = null }: Pick<SubscriptionRow, 'certificateId'>): boolean {
  return certificateId !== null;
}

/** Signed with the secret that signs now, and with the event where that is wanted; else it is made anew at its moment. */
export function isAsWanted(row: SubscriptionRow, wanted: { readonly keyId: string; readonly rich: boolean }): boolean {
  return row.keyId === wanted.keyId && isRich(row) === (wanted.rich && row.kind === 'events');
}

/** As Graph is asked: with resource data it needs to know which properties, and takes neither body nor `$expand`. */
export function resourceToWatch(row: Pick<SubscriptionRow, 'resource' | 'certificateId'>): string {
  return isRich(row) ? `${row.resource}?$select=${EVENT_ATTRIBUTES.join(',')}` : row.resource;
}
