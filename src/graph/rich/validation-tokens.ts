import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.js';
import { isGuid } from '../../kernel/guid.js';
import { CLOCK_TOLERANCE_SECONDS } from '../tokens/id-token.js';
import type { PublisherKeys } from './publisher-keys.js';
import type { PublisherKey } from './read-publisher-keys.js';

/**
 * What the tokens of a POST are worth. `token`: at least one is missing or bad, nothing of the POST is Microsoft's word.
 * `unknown_key`: none is bad as far as can be told, but one is signed by a key that is not kept: a plain hint.
 */
export type TokensVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'token'; readonly message: string }
  | { readonly ok: false; readonly reason: 'unknown_key' };

export interface ValidationDeps {
  readonly keys: PublisherKeys;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Our application: the only audience. */
  readonly clientId: string;
  /** Origin such as https://login.microsoftonline.com: the issuer of v2.0 tokens. */
  readonly authorityHost: string;
}

export interface PostedTokens {
  /** `validationTokens` as it came. */
  readonly tokens: unknown;
  /** Tenants of the items, lower-case GUIDs; each must be vouched for. */
  readonly tenantIds: readonly string[];
}

/** Microsoft Graph Change Tracking, who sends them. Source: Microsoft Graph documentation, rich notifications. */
export const PUBLISHER_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Bounds of our own on what is verified: Graph sends one token of about 2,000 characters for each tenant of a POST. */
const MOST_TOKENS = 256;
const MOST_TOKEN_CHARACTERS = 16_384;

const tokensSchema = z.array(z.string().max(MOST_TOKEN_CHARACTERS)).min(1).max(MOST_TOKENS);
const lowerText = z.string().transform((text) => text.toLowerCase());
const commonClaims = { aud: lowerText, iss: lowerText, tid: lowerText.refine(isGuid), exp: z.number() };
const claimsSchema = z.discriminatedUnion('ver', [
  z.object({ ...commonClaims, ver: z.literal('1.0'), appid: lowerText }),
  z.object({ ...commonClaims, ver: z.literal('2.0'), azp: lowerText }),
]);

type Judged =
  | { readonly outcome: 'good' | 'unknown_key'; readonly tenantId: string }
  | { readonly outcome: 'bad'; readonly message: string };

/**
 * Whether the tokens of a POST of rich notifications show that Microsoft sent it, to us and for these tenants. All are
 * checked, against keys that are kept: nothing is waited for. An unknown key is asked for in the background.
 */
export function checkValidationTokens(deps: ValidationDeps, posted: PostedTokens): TokensVerdict {
  const tokens = tokensSchema.safeParse(posted.tokens);
  if (!tokens.success) return refused('there are no validation tokens');
  const expected = new Set(posted.tenantIds);
  const covered = new Set<string>();
  let isKnown = true;
  for (const token of tokens.data) {
    const judged = judgeToken(deps, token, expected);
    if (judged.outcome === 'bad') return refused(judged.message);
    if (judged.outcome === 'unknown_key') isKnown = false;
    covered.add(judged.tenantId);
  }
  if (covered.size < expected.size) return refused('no token is for the tenant of an item');
  return isKnown ? { ok: true } : { ok: false, reason: 'unknown_key' };
}

/** As far as can be told without any key: whether these are tokens at all, at least one. */
export function areTokens(tokens: unknown): boolean {
  const parsed = tokensSchema.safeParse(tokens);
  return parsed.success && parsed.data.every((token) => decoded(token) !== null);
}

function refused(message: string): TokensVerdict {
  return { ok: false, reason: 'token', message };
}

function bad(message: string): Judged {
  return { outcome: 'bad', message };
}

function judgeToken(deps: ValidationDeps, token: string, expected: ReadonlySet<string>): Judged {
  const read = decoded(token);
  if (read === null) return bad('it is no token');
  // Before any key is looked for: the key of another algorithm is whatever the sender makes of it.
  if (read.header.alg !== 'RS256') return bad('its algorithm is not RS256');
  if (typeof read.header.kid !== 'string' || read.header.kid === '') return bad('it names no key');
  // Claims first, so that only what could be for us makes us ask Entra ID for keys.
  const claims = judgeClaims(deps, read.payload, expected);
  if (claims.outcome === 'bad') return claims;
  const key = deps.keys.find(read.header.kid);
  if (key === null) return { outcome: 'unknown_key', tenantId: claims.tenantId };
  if (!signsFor(key, claims.tenantId)) return bad('its key signs for another tenant');
  const nowMs = deps.clock.nowMs();
  return holds(token, key, nowMs) ? claims : bad('its signature or its time does not hold');
}

/** Whether the claims are Microsoft's for us, if the signature holds. */
function judgeClaims(deps: ValidationDeps, payload: unknown, expected: ReadonlySet<string>): Judged {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) return bad('it lacks aud, iss, tid, exp, or the publisher of its version');
  const claims = parsed.data;
  const { aud, iss, tid } = claims;
  if (aud !== deps.clientId.toLowerCase()) return bad('it is for another application');
  if (!issuersOf(deps.authorityHost, tid).includes(iss)) return bad('its issuer is not that of its tenant');
  if (!expected.has(tid)) return bad('it is of a tenant that no item is of');
  const publisher = claims.ver === '1.0' ? claims.appid : claims.azp;
  if (publisher !== PUBLISHER_ID) return bad('it is of another publisher');
  return { outcome: 'good', tenantId: tid };
}

/** Issuers of v1.0 and v2.0 tokens; Azure China has a host of its own for v1.0 (Microsoft identity platform). */
function issuersOf(authorityHost: string, tenantId: string): readonly string[] {
  const v1 = authorityHost.endsWith('.cn') ? 'https://sts.chinacloudapi.cn' : 'https://sts.windows.net';
  return [`${v1}/${tenantId}/`, `${authorityHost.toLowerCase()}/${tenantId}/v2.0`];
}

/** Entra ID publishes keys of single issuers beside those of all: a key of one must not speak for another. */
function signsFor({ issuer }: PublisherKey, tenantId: string): boolean {
  return issuer === null || issuer.includes('{tenantid}') || issuer.toLowerCase().includes(tenantId);
}

function holds(token: string, { key }: PublisherKey, nowMs: number): boolean {
  const times = { clockTimestamp: Math.floor(nowMs / 1_000), clockTolerance: CLOCK_TOLERANCE_SECONDS };
  try {
    jwt.verify(token, key, { algorithms: ['RS256'], ...times });
    return true;
  } catch {
    return false;
  }
}

function decoded(token: string): jwt.Jwt | null {
  try {
    const read = jwt.decode(token, { complete: true });
    return read !== null && typeof read.payload === 'object' && read.payload !== null ? read : null;
  } catch {
    return null;
  }
}
