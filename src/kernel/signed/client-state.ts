import { timingSafeEqual } from 'node:crypto';
import { isGuid } from '../guid.js';
import { keyId, mac } from '../secrets.js';

/** Kind of subscription a clientState belongs to: `u` users, `g` groups, `e` events of one mailbox. */
export type ClientStateKind = 'u' | 'g' | 'e';

/** Random bytes of a nonce; 8 characters of base64url keep the whole below 80 characters. */
export const CLIENT_STATE_NONCE_BYTES = 6;

/** Longest text that is looked at; Microsoft Graph allows 128 characters (subscription resource, `clientState`). */
const MOST_CHARACTERS = 128;
const NONCE = /^[\w-]{8}$/;
const SHAPE = /^v1\.([0-9a-f]{4})\.([uge])\.([0-9a-f-]{36}|-)\.[\w-]{8}\.([\w-]{22})$/;

export interface ClientStateClaims {
  readonly kind: ClientStateKind;
  /** Lower-case GUID of the person or group the subscription is for, null for all of a tenant. */
  readonly resourceId: string | null;
  /** Which of our secrets signed it. */
  readonly keyId: string;
}

/**
 * Makes the clientState of a subscription: `v1.<key id>.<kind>.<resource or ->.<nonce>.<mac>` (CONTRACT section 3).
 * The first secret signs; the mac also covers the tenant, so that it is worth nothing in another tenant.
 */
export function makeClientState(parts: {
  secrets: readonly string[];
  tenantId: string;
  kind: ClientStateKind;
  resourceId: string | null;
  nonce: string;
}): string {
  const [secret] = parts.secrets;
  if (secret === undefined) throw new Error('There is no secret to sign with: APP_SECRET is empty.');
  if (!NONCE.test(parts.nonce)) throw new Error('The nonce must be 8 characters of base64url.');
  const text = `v1.${keyId(secret)}.${parts.kind}.${parts.resourceId?.toLowerCase() ?? '-'}.${parts.nonce}.`;
  return text + mac(secret, text + parts.tenantId.toLowerCase());
}

/** What an authentic clientState of that tenant says, or null. Every secret verifies; compared in constant time. */
export function verifyClientState(parts: {
  secrets: readonly string[];
  clientState: string;
  tenantId: string;
}): ClientStateClaims | null {
  const { clientState } = parts;
  if (clientState.length > MOST_CHARACTERS) return null;
  const match = SHAPE.exec(clientState);
  if (match === null) return null;
  const [, key = '', kind = '', resource = '', signature = ''] = match;
  if (resource !== '-' && !isGuid(resource)) return null;

  const signed = clientState.slice(0, -signature.length) + parts.tenantId.toLowerCase();
  const given = Buffer.from(signature, 'latin1');
  // Both are 22 characters by their shape. The key id is part of what is signed, so it needs no check of its own.
  const isOurs = (secret: string) => timingSafeEqual(Buffer.from(mac(secret, signed), 'latin1'), given);
  if (!parts.secrets.some(isOurs)) return null;
  return { kind: kindOf(kind), resourceId: resource === '-' ? null : resource, keyId: key };
}

function kindOf(letter: string): ClientStateKind {
  return letter === 'u' || letter === 'g' ? letter : 'e';
}
