import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** First 4 hex of a secret's SHA-256: names the key without telling it (CONTRACT section 2). */
export function keyId(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 4);
}

/** HMAC-SHA256 of `text`, cut to 16 bytes, base64url (22 characters). */
export function mac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest().subarray(0, 16).toString('base64url');
}

/** Compares two texts in a time that depends on neither; lengths do not leak, because digests are compared. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** SHA-256 as base64url: all that is kept of a random secret that only its holder needs. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** `text.<key id>.<mac>` by the first secret. `purpose` keeps what was signed for one thing from being taken for another. */
export function signText(secrets: readonly string[], purpose: string, text: string): string {
  const [secret] = secrets;
  if (secret === undefined) throw new Error('There is no secret to sign with: APP_SECRET is empty.');
  return `${text}.${keyId(secret)}.${mac(secret, `${purpose}:${text}`)}`;
}

/** The text that one of the secrets signed for this purpose, or null. */
export function verifySigned(secrets: readonly string[], purpose: string, signed: string): string | null {
  const [, text, key, given] = /^(.+)\.([0-9a-f]{4})\.([\w-]{22})$/s.exec(signed) ?? [];
  if (text === undefined || given === undefined) return null;
  const secret = secrets.find((each) => keyId(each) === key);
  return secret !== undefined && sameText(mac(secret, `${purpose}:${text}`), given) ? text : null;
}
