import type { GraphFailure } from '../graph/graph-failure.js';
import type { Chance } from '../kernel/chance.js';
import { CLIENT_STATE_NONCE_BYTES, makeClientState } from '../kernel/client-state.js';
import { type Clock, MINUTE_MS } from '../kernel/clock.js';
import { keyId } from '../kernel/secrets.js';
import {
  DIRECTORY_MAX_MINUTES,
  MARGIN_MINUTES,
  mailboxOf,
  OUTLOOK_MAX_MINUTES,
  type SubscriptionKind,
  type SubscriptionRow,
} from './types.js';

export interface NewSubscriptionDeps {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly appSecrets: readonly string[];
  /** Base address under which Graph reaches us. */
  readonly notificationUrl: string;
}

/** The row that is there before Graph is asked. */
export function newRow(
  { clock, chance, appSecrets, notificationUrl }: NewSubscriptionDeps,
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
    expiresAt: null,
    renewAt: null,
    lastNotificationAt: null,
    renewedAt: null,
    attempts,
    nextTryAt: null,
    problem: null,
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
export function longestExpiry(kind: SubscriptionKind, nowMs: number): Date {
  const most = kind === 'events' ? OUTLOOK_MAX_MINUTES : DIRECTORY_MAX_MINUTES;
  return new Date(nowMs + (most - MARGIN_MINUTES) * MINUTE_MS);
}

/** Exchange says so in words: "Operation: Create; Exception: [Status Code: Forbidden; …]" (docs/graph-facts.md). */
export function isBlocked({ status, code, detail }: GraphFailure): boolean {
  return status === 403 && code === 'ExtensionError' && /status code:\s*Forbidden/i.test(detail ?? '');
}
