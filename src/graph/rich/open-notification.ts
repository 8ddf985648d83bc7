import { AppError } from '../../kernel/app-error.js';
import { openContent, type ShutReason } from './open-content.js';
import { privateKeyIn } from './our-certificates.js';
import { areTokens } from './validation-tokens.js';

export interface NotificationInput {
  /** A POST as Graph sends it, with one item; or one item of it; or the `encryptedContent` of one. */
  readonly document: unknown;
  /** PEM text with the private key. */
  readonly keyPem: string;
  /** The certificate the key belongs to; where left out, it is tried whatever certificate is named. */
  readonly certificateId?: string | undefined;
}

export interface OpenedNotification {
  readonly ok: boolean;
  readonly reason: ShutReason | 'token' | null;
  /** null: it stays shut. */
  readonly content: Readonly<Record<string, unknown>> | null;
}

/**
 * Opens one rich notification by itself, without network: of validation tokens it can only be said that they are none.
 *
 * @throws AppError where the key is none, or there is not exactly one item
 */
export function openNotification({ document, keyPem, certificateId }: NotificationInput): OpenedNotification {
  const privateKey = privateKeyIn(keyPem);
  if (!isFields(document)) return shut('malformed');
  if ('validationTokens' in document && !areTokens(document['validationTokens'])) return shut('token');
  const encrypted = encryptedIn(document);
  const named = isFields(encrypted) ? encrypted['encryptionCertificateId'] : undefined;
  const opened = openContent(encrypted, new Map([[certificateId ?? String(named), privateKey]]));
  return opened.ok ? { ok: true, reason: null, content: opened.content } : shut(opened.reason);
}

function shut(reason: ShutReason | 'token'): OpenedNotification {
  return { ok: false, reason, content: null };
}

function encryptedIn(document: Readonly<Record<string, unknown>>): unknown {
  const items = document['value'];
  if (!Array.isArray(items)) return 'encryptedContent' in document ? document['encryptedContent'] : document;
  if (items.length !== 1) {
    const text = `There are ${items.length} items: leave one in the file, or take one out into a file of its own.`;
    throw new AppError('invalid_input', text, { field: 'file' });
  }
  const [item] = items;
  return isFields(item) ? item['encryptedContent'] : null;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
