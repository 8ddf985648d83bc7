import { messageOf } from '../kernel/app-error.js';

/** Graph itself waits 10 s for the handshake (Microsoft Graph, delivery through webhooks). */
const LIMIT_MS = 10_000;

/** Asks our own address what Graph will ask it; null, or what is wrong with the answer. */
export async function whyUnreachable(
  notificationUrl: string,
  { nonce, signal, through }: { nonce: string; signal: AbortSignal; through?: typeof fetch | undefined },
): Promise<string | null> {
  const token = `Validation: own address check ${nonce}`;
  const url = new URL(notificationUrl);
  url.searchParams.set('validationToken', token);
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const response = await (through ?? fetch)(url, { method: 'POST', signal: bound, redirect: 'manual' });
    const type = response.headers.get('content-type') ?? '';
    const body = await response.text();
    if (response.status !== 200) return `it answers ${response.status} instead of 200`;
    if (!type.startsWith('text/plain')) return `it answers ${type || 'without a content type'} instead of text/plain`;
    return body === token ? null : 'it does not give the validation token back';
  } catch (error) {
    return messageOf(error);
  }
}
