import type { IncomingMessage, ServerResponse } from 'node:http';

/** Longest token that is answered, in bytes after decoding (CONTRACT section 3). */
export const MOST_TOKEN_BYTES = 10 * 1_024;

const KEY = 'validationtoken';

/**
 * The decoded `validationToken` of a subscription handshake, or null where the request is none. The key counts in any
 * case, because older variants of the documentation spell it differently.
 */
export function validationTokenIn(url: string): string | null {
  const start = url.indexOf('?');
  if (start < 0) return null;
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) {
    if (key.toLowerCase() === KEY) return value;
  }
  return null;
}

/**
 * Answers with exactly the decoded token, which Graph compares, as plain text that no browser takes for anything else.
 * Source: Microsoft Graph documentation, receive change notifications through webhooks, endpoint validation.
 *
 * @returns the status that was sent
 */
export function answerHandshake(request: IncomingMessage, response: ServerResponse, token: string): 200 | 414 {
  const bytes = Buffer.from(token, 'utf8');
  const isTooLong = bytes.length > MOST_TOKEN_BYTES;
  const status = isTooLong ? 414 : 200;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-length': isTooLong ? 0 : bytes.length,
  });
  response.end(isTooLong ? undefined : bytes);
  request.resume();
  return status;
}
