import { z } from 'zod';
import { createSeededRandom } from '../world/seeded-random.js';
import type { Tenant } from '../world/types.js';
import type { AuthenticatedClient } from './client-authentication.js';
import type { IdentityContext } from './identity-context.js';

/** Seconds a token lives, and by how many its start lies in the past, as seen in real tokens. */
export const TOKEN_LIFETIME_SECONDS = 3_599;
const ISSUED_BEFORE_SECONDS = 300;
const GRAPH_AUDIENCE = 'https://graph.microsoft.com';

const claimsSchema = z.object({
  ...{ aud: z.literal(GRAPH_AUDIENCE), appid: z.string(), tid: z.string(), exp: z.number() },
  roles: z.array(z.string()).optional(),
});

/** What a bearer token says, or why Graph answers 401 InvalidAuthenticationToken. */
export type CheckedToken =
  | { kind: 'accepted'; tenantId: string; clientId: string; roles: ReadonlySet<string>; expiresAtMs: number }
  | { kind: 'refused'; message: string };

/** `iat`, `nbf` and `exp` of a token made now. */
export function lifetimeClaims(context: IdentityContext) {
  const now = Math.floor(context.clock.nowMs() / 1_000);
  const iat = now - ISSUED_BEFORE_SECONDS;
  return { iat, nbf: iat, exp: now + TOKEN_LIFETIME_SECONDS };
}

/** An app-only access token for Graph, in the v1.0 shape that Graph's tokens have, with the roles consented by now. */
export function issueAppToken(context: IdentityContext, tenant: Tenant, method: AuthenticatedClient['method']): string {
  const oid = servicePrincipalId(tenant.id, context.world.application.clientId);
  return context.keys.sign({
    ...{ aud: GRAPH_AUDIENCE, iss: `https://sts.windows.net/${tenant.id}/`, ...lifetimeClaims(context) },
    ...{ app_displayname: 'GetHomeSafe', appid: context.world.application.clientId, appidacr: method, idtyp: 'app' },
    ...{ oid, sub: oid, tid: tenant.id, uti: context.chance.token(16), ver: '1.0' },
    roles: [...tenant.consentedRoles],
  });
}

/** Checks a bearer token once and remembers the verdict until it expires. */
export function createTokenCheck(context: IdentityContext): (token: string) => CheckedToken {
  const known = new Map<string, CheckedToken & { kind: 'accepted' }>();
  return (token) => {
    const nowMs = context.clock.nowMs();
    const before = known.get(token);
    if (before !== undefined && before.expiresAtMs > nowMs) return before;
    known.delete(token);
    const checked = checkToken(context, token, nowMs);
    if (known.size > 1_000) known.clear();
    if (checked.kind === 'accepted') known.set(token, checked);
    return checked;
  };
}

/** The object id of the application in a tenant. */
export function servicePrincipalId(tenantId: string, clientId: string): string {
  return createSeededRandom(`service principal ${tenantId} ${clientId}`).guid();
}

function checkToken(context: IdentityContext, token: string, nowMs: number): CheckedToken {
  if (token === '') return { kind: 'refused', message: 'Access token is empty.' };
  if (token.split('.').length !== 3) return { kind: 'refused', message: 'IDX14100: JWT is not well formed.' };
  try {
    const claims = claimsSchema.safeParse(context.keys.verify(token, nowMs));
    if (!claims.success) return { kind: 'refused', message: 'Access token validation failure. Invalid audience.' };
    const { tid, appid, roles = [], exp } = claims.data;
    return { kind: 'accepted', tenantId: tid, clientId: appid, roles: new Set(roles), expiresAtMs: exp * 1_000 };
  } catch (error) {
    const expired = error instanceof Error && error.name === 'TokenExpiredError';
    return {
      kind: 'refused',
      message: expired ? 'Lifetime validation failed, the token is expired.' : 'Invalid token.',
    };
  }
}
