import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';
import { graphError } from '../graph/graph-error.js';
import type { GraphRequest, World } from '../world/types.js';
import type { Admission } from './throttle.js';
import { createTokenBucket, type TokenBucket } from './token-bucket.js';

/** Requests one app may have open at one mailbox, and send in ten minutes. Source: Microsoft Graph throttling limits, Outlook. */
export const MAILBOX_LIMITS = { open: 4, requests: 10_000, windowMs: 10 * MINUTE_MS };

const OUTLOOK = /^\/users\/([^/]+)\/(?:mailboxSettings|events|calendar|calendars|calendarView|messages)(?:\/|$)/i;

/** The mailbox that a path below /v1.0 reads, in lower case, or null where the path is none of Outlook's. */
export function mailboxOf(path: string): string | null {
  return OUTLOOK.exec(path)?.[1]?.toLowerCase() ?? null;
}

/** Outlook's own limits, for each app and mailbox. */
export function createMailboxGates(world: World) {
  const open = new Map<string, number>();
  const rates = new Map<string, TokenBucket>();

  return function admit(request: GraphRequest, mailbox: string): Admission {
    const key = `${request.caller.clientId}/${request.caller.tenant.id}/${mailbox}`;
    if ((open.get(key) ?? 0) >= MAILBOX_LIMITS.open) return over(request, 'MailboxConcurrency', SECOND_MS);
    const rate = rates.get(key) ?? createTokenBucket(world, MAILBOX_LIMITS.windowMs);
    rates.set(key, rate);
    const draw = rate(1, MAILBOX_LIMITS.requests);
    if (!draw.granted) return over(request, 'RequestRate', draw.retryAfterMs);
    open.set(key, (open.get(key) ?? 0) + 1);
    return { headers: {}, refusal: null, release: () => leave(key) };
  };

  function leave(key: string): void {
    const left = (open.get(key) ?? 1) - 1;
    if (left > 0) open.set(key, left);
    else open.delete(key);
  }
}

function over(request: GraphRequest, limit: string, retryAfterMs: number): Admission {
  const error = graphError(
    { status: 429, code: 'ApplicationThrottled' },
    `Application is over its ${limit} limit.`,
    request,
  );
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / SECOND_MS))) };
  return { headers: {}, refusal: { ...error, headers }, release: () => {} };
}
