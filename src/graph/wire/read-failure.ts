import { z } from 'zod';
import { DAY_MS } from '../../kernel/clock.js';
import type { GraphConfig } from '../graph-config.js';
import { GraphFailure, type GraphFailureKind } from '../graph-failure.js';
import type { CallProfile } from './call-profile.js';
import { followableOrNull } from './graph-link.js';
import { readRetryAfter } from './retry-after.js';

/** An answer of Graph as it came, of a call or of one item of a batch. Header names in lower case. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Codes that say more than the outer one they may be wrapped in (Microsoft Graph error responses, and threads). */
const KNOWN_CODES = [
  'Request_ResourceNotFound',
  'Request_BadRequest',
  'Request_UnsupportedQuery',
  'Authorization_RequestDenied',
  'InvalidAuthenticationToken',
  'ErrorItemNotFound',
  'ErrorInvalidMailboxItemId',
  'ErrorCalendarOccurrenceIsDeletedFromRecurrence',
  'ErrorAccessDenied',
  'MailboxNotEnabledForRESTAPI',
  'MailboxNotSupportedForRESTAPI',
  'ErrorInvalidUser',
  'syncStateNotFound',
  'resyncRequired',
  'ApplicationThrottled',
  'TooManyRequests',
  'Directory_ExpiredPageToken',
  'Directory_ResultSizeLimitExceeded',
  'ResourceNotFound',
  'ExtensionError',
  'ValidationError',
];
const KNOWN = new Map(KNOWN_CODES.map((code) => [code.toLowerCase(), code]));

const errorSchema = z.looseObject({ code: z.string().optional(), message: z.string().optional() });
const bodySchema = z.object({ error: errorSchema });

/** The failure that an answer outside 2xx stands for. */
export function readFailure(
  deps: { config: GraphConfig; nowMs: number },
  answer: RawAnswer,
  profile: CallProfile,
): GraphFailure {
  const parsed = bodySchema.safeParse(answer.body);
  const error = parsed.success ? parsed.data.error : {};
  const code = deepestCode(error) ?? `http_${answer.status}`;
  const detail = error.message ?? null;
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'], deps.nowMs);
  const kind = kindOf(answer.status, { code, detail, retryAfterMs, profile });
  return new GraphFailure(textOf(kind, { status: answer.status, code, profile }), {
    kind,
    status: answer.status,
    code,
    // A date in the far future is how the mailbox quota was seen to speak: no advice to follow.
    retryAfterMs: kind === 'quota' ? null : retryAfterMs,
    requestId: answer.headers['request-id'] ?? null,
    location: followableOrNull(deps.config, answer.headers['location']),
    detail,
  });
}

/** Innermost code that is known, else the outermost; in its usual spelling. */
function deepestCode(error: Readonly<Record<string, unknown>>): string | null {
  const outer = typeof error['code'] === 'string' && error['code'] !== '' ? error['code'] : null;
  let known: string | null = null;
  let level: unknown = error;
  for (let depth = 0; depth < 8; depth += 1) {
    const parsed = errorSchema.safeParse(level);
    if (!parsed.success) break;
    known = KNOWN.get(parsed.data.code?.toLowerCase() ?? '') ?? known;
    level = parsed.data['innerError'] ?? parsed.data['innererror'];
  }
  return known ?? outer;
}

interface KindFacts {
  readonly code: string;
  readonly detail: string | null;
  readonly retryAfterMs: number | null;
  readonly profile: CallProfile;
}

function kindOf(status: number, facts: KindFacts): GraphFailureKind {
  if (isSubscriptionQuota(status, facts)) return 'quota';
  if (facts.code === 'Directory_ExpiredPageToken') return 'gone';
  if (status === 429) return 'throttled';
  if (status === 408 || status >= 500) return 'unavailable';
  if (status === 401) return 'denied';
  if (status === 409) return 'conflict';
  if (status === 410) return 'gone';
  if (hasNoWords(facts)) return 'unavailable';
  if (status === 403) return 'denied';
  if (status === 404) return isSaidByGraph(facts) ? 'not_found' : 'unavailable';
  return 'rejected';
}

/**
 * Something on the way to Graph may answer 404 for everything, and an answer may be cut off: only in Graph's own words
 * it proves that somebody or something is gone (law L8).
 */
function isSaidByGraph(facts: KindFacts): boolean {
  return !(hasNoWords(facts) || facts.code === 'UnknownError');
}

/** Without a code of Graph's: a page of a proxy or firewall, or an answer that was cut off. */
function hasNoWords({ code }: Pick<KindFacts, 'code'>): boolean {
  return code.startsWith('http_');
}

/** A full quota has no code of its own: 403 with words, or 429 with a date years ahead. */
function isSubscriptionQuota(status: number, { code, detail, retryAfterMs, profile }: KindFacts): boolean {
  if (profile.kind !== 'subscription') return false;
  if (status === 429) return retryAfterMs !== null && retryAfterMs > DAY_MS;
  const isPermission = code === 'Authorization_RequestDenied' || code === 'ErrorAccessDenied';
  return status === 403 && !isPermission && /\blimit\b|quota/i.test(detail ?? '');
}

function textOf(kind: GraphFailureKind, about: { status: number; code: string; profile: CallProfile }): string {
  const { what, permission } = about.profile;
  const reason = about.code.startsWith('http_') ? `${about.status}` : `${about.status} ${about.code}`;
  switch (kind) {
    case 'throttled':
      return `Graph asked to wait before we ${what} again (${reason}). This passes by itself.`;
    case 'unavailable':
      if (about.status < 500 && hasNoWords(about))
        return `We could not ${what}: the answer (${reason}) has no words of Graph's, so that it may be from something on the way. It is tried again; look at proxies and firewalls if it lasts.`;
      return `Graph could not ${what} (${reason}). This passes by itself; see Microsoft 365 service health if it lasts.`;
    case 'denied':
      if (about.status === 401)
        return `Graph refused our token (${reason}). Let an administrator of the tenant connect again.`;
      return `Graph refused to ${what} (${reason}). Grant ${permission} to the application and let an administrator of the tenant consent again; for one mailbox alone, look at its access policy.`;
    case 'not_found':
      return `Graph could not ${what}: there is no such object (${reason}).`;
    case 'gone':
      return `Graph no longer knows this link or object (${reason}). Begin again from the start.`;
    case 'quota':
      return `Graph holds as many subscriptions as it allows (${reason}). Delete subscriptions that nobody uses any more.`;
    case 'conflict':
      return `Graph holds this already (${reason}). List what is there and adopt or delete it.`;
    case 'rejected':
      if (about.profile.kind === 'subscription' && about.code === 'ValidationError')
        return `Graph did not get the answer that it wants from our address (${reason}). It is tried again; check NOTIFICATION_URL and that firewalls let Microsoft Graph reach it.`;
      return `Graph refused the request to ${what} (${reason}). Repeating it does not help; report the code.`;
  }
}
