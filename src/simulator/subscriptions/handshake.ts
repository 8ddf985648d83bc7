import { messageOf } from '../../kernel/app-error.js';
import { systemChance } from '../../kernel/chance.js';

export type Handshake = { readonly outcome: 'validated' } | { readonly outcome: 'refused'; readonly message: string };

/** How long an endpoint may take to answer the handshake. Source: Microsoft Graph documentation, webhook delivery. */
export const HANDSHAKE_LIMIT_MS = 10_000;

const FAILED = 'Subscription validation request failed.';

/**
 * Asks a notification endpoint to prove that it is ours: POST with `validationToken` in the query and no body; it must
 * answer 200, text/plain, with exactly the decoded token.
 *
 * The token reads like a sentence, as real ones do, with spaces as `+` and an encoded colon, so that a receiver that
 * decodes or escapes wrongly fails here.
 */
export async function shakeHands(url: string, options: { limitMs: number; signal: AbortSignal }): Promise<Handshake> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${systemChance.guid()}`;
  const query = new URLSearchParams({ validationToken: token }).toString();
  const limit = AbortSignal.timeout(options.limitMs);
  const stop = new AbortController();
  const abort = () => stop.abort();
  limit.addEventListener('abort', abort, { once: true });
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const response = await fetch(withQuery(url, query), {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'manual',
      signal: stop.signal,
    });
    return judge(response, await response.text(), token);
  } catch (error) {
    if (limit.aborted) return refused('Subscription validation request timed out.');
    return refused(`${FAILED} The notification endpoint could not be reached: ${messageOf(error)}.`);
  } finally {
    options.signal.removeEventListener('abort', abort);
  }
}

function judge(response: Response, body: string, token: string): Handshake {
  if (response.status !== 200) {
    return refused(
      `${FAILED} Must respond with 200 OK to this request; the notification endpoint answered ${response.status}.`,
    );
  }
  const type = response.headers.get('content-type') ?? '';
  if (!/^text\/plain\s*(;|$)/i.test(type)) {
    return refused(`${FAILED} Response content type must be text/plain; it was '${type}'.`);
  }
  return body === token
    ? { outcome: 'validated' }
    : refused(`${FAILED} Response must exactly match validationToken query parameter.`);
}

function refused(message: string): Handshake {
  return { outcome: 'refused', message };
}

function withQuery(url: string, query: string): string {
  const [address = url] = url.split('#');
  return address + (address.includes('?') ? '&' : '?') + query;
}
