import jwt from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import { z } from 'zod';
import { messageOf } from '../../kernel/app-error.js';
import type { Clock } from '../../kernel/clock.js';
import { isGuid } from '../../kernel/guid.js';
import type { GraphConfig } from '../graph-config.js';
import { tenantEndpoint } from './msal-application.js';
import { type ReadJsonDeps, readJson } from './read-json.js';
import { TokenFailure } from './token-failure.js';

/** Who signed in, as the tenant itself vouches for it. */
export interface SignedInIdentity {
  readonly tenantId: string;
  readonly objectId: string;
  /** Template ids of the person's directory roles; the app registration must ask for them (groupMembershipClaims). */
  readonly wids: readonly string[];
  readonly upn: string | null;
}

export type IdTokenVerdict =
  | { readonly ok: true; readonly identity: SignedInIdentity }
  | { readonly ok: false; readonly message: string };

export interface IdTokenDeps extends ReadJsonDeps {
  readonly config: GraphConfig;
  readonly clock: Clock;
}

const lowerGuid = z
  .string()
  .transform((text) => text.toLowerCase())
  .refine(isGuid, 'not a GUID');
const documentSchema = z.object({ issuer: z.string().min(1), jwks_uri: z.string().min(1) });
const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional() })) });
const claimsSchema = z.object({
  tid: lowerGuid,
  oid: lowerGuid,
  nonce: z.string(),
  exp: z.number(),
  wids: z.array(z.string()).optional(),
  upn: z.string().optional(),
  preferred_username: z.string().optional(),
});

/** Seconds by which our clock and Entra ID's may differ. */
export const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * Whether an id token is this tenant's word, for us and for this sign-in: RS256 by a key of the tenant's own key set,
 * issuer, audience, tenant, nonce and time.
 *
 * @throws TokenFailure (unreachable) where the tenant's metadata or keys cannot be read
 */
export async function verifyIdToken(
  deps: IdTokenDeps,
  idToken: string,
  expected: { tenantId: string; nonce: string },
): Promise<IdTokenVerdict> {
  const kid = keyIdOf(idToken);
  if (kid === null) return { ok: false, message: 'The id token names no RS256 key.' };
  const document = await readDocument(deps, expected.tenantId);
  const publicKey = await readKey(deps, document.jwks_uri, kid);
  if (publicKey === null) return { ok: false, message: 'The id token is signed by a key that is not the tenant’s.' };
  let claims: unknown;
  try {
    claims = jwt.verify(idToken, publicKey, {
      algorithms: ['RS256'],
      audience: deps.config.clientId,
      issuer: document.issuer,
      clockTimestamp: Math.floor(deps.clock.nowMs() / 1_000),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  } catch (error) {
    return { ok: false, message: `The id token does not hold: ${messageOf(error)}.` };
  }
  return judgeClaims(claims, expected);
}

/** The tenant that an id token claims to be of, not verified; null where it is no GUID. */
export function tenantNamedIn(idToken: string): string | null {
  const claims = z.object({ tid: lowerGuid }).safeParse(jwt.decode(idToken));
  return claims.success ? claims.data.tid : null;
}

function judgeClaims(claims: unknown, expected: { tenantId: string; nonce: string }): IdTokenVerdict {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return { ok: false, message: 'The id token lacks tid, oid, nonce or exp.' };
  const { tid, oid, nonce, wids, upn, preferred_username } = parsed.data;
  if (tid !== expected.tenantId) return { ok: false, message: 'The id token is of another tenant.' };
  if (nonce !== expected.nonce) return { ok: false, message: 'The id token belongs to another sign-in.' };
  const identity = { tenantId: tid, objectId: oid, wids: wids ?? [], upn: upn ?? preferred_username ?? null };
  return { ok: true, identity };
}

function keyIdOf(idToken: string): string | null {
  const header = jwt.decode(idToken, { complete: true })?.header;
  return header?.alg === 'RS256' ? (header.kid ?? null) : null;
}

async function readDocument(deps: IdTokenDeps, tenantId: string): Promise<z.infer<typeof documentSchema>> {
  const url = tenantEndpoint(deps.config, tenantId, 'v2.0/.well-known/openid-configuration');
  const document = documentSchema.safeParse(await readJson(deps, url));
  if (!document.success) throw new TokenFailure('unreachable', { code: 'bad_openid_document' });
  // The issuer must be this tenant's own: the document of "common" would accept anybody's.
  const isOurs = document.data.issuer.toLowerCase().includes(tenantId);
  if (!isOurs || !isTrustedAddress(deps.config, document.data.jwks_uri)) {
    throw new TokenFailure('unreachable', { code: 'foreign_openid_document' });
  }
  return document.data;
}

function isTrustedAddress(config: GraphConfig, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === 'https:' || url.origin === config.authorityHost;
}

async function readKey(deps: IdTokenDeps, jwksUri: string, kid: string): Promise<string | null> {
  const fetcher = async (uri: string) => keysSchema.parse(await readJson(deps, uri));
  const keys = jwksRsa({ jwksUri, fetcher, cache: false, rateLimit: false });
  try {
    return (await keys.getSigningKey(kid)).getPublicKey();
  } catch (error) {
    if (error instanceof jwksRsa.SigningKeyNotFoundError) return null;
    if (error instanceof TokenFailure) throw error;
    throw new TokenFailure('unreachable', { code: 'bad_key_set', cause: error });
  }
}
