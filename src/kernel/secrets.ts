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
