import { createHmac } from 'node:crypto';
import { keyId } from '../../kernel/secrets.js';
import type { WebhookRow } from '../types.js';

/**
 * The headers and what is signed are those of Standard Webhooks (standardwebhooks.com, specification 1.0.0), so that
 * receivers verify with a library of theirs: HMAC-SHA256 over `id.timestamp.body`, base64, with the version in front.
 */
const VERSION = 'v1';
const PREFIX = 'whsec_';

/**
 * The secret of an enterprise's webhook: derived from the application secret that the row names, so that nothing that
 * could sign is in the database. null: that application secret was taken out.
 */
export function webhookSecret(
  appSecrets: readonly string[],
  { enterpriseId, webhook }: { enterpriseId: string; webhook: Pick<WebhookRow, 'keyId' | 'salt'> },
): string | null {
  const secret = appSecrets.find((each) => keyId(each) === webhook.keyId);
  if (secret === undefined) return null;
  const key = createHmac('sha256', secret).update(`webhook:${enterpriseId}:${webhook.salt}`).digest('base64');
  return `${PREFIX}${key}`;
}

export interface SignedParts {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
}

/** The headers that tell a receiver who sent it and when. */
export function signedHeaders(secret: string, { id, at, body }: SignedParts): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `${VERSION},${signature}` };
}
