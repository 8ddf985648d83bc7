import jwt from 'jsonwebtoken';
import { z } from 'zod';

const claims = z.object({ roles: z.array(z.string()).default([]) });

/**
 * Application permissions that an access token names; null where the token does not show any claims. Graph's tokens are
 * for Graph to read: this is for people who look, nothing is decided by it.
 */
export function grantedRoles(accessToken: string): readonly string[] | null {
  const parsed = claims.safeParse(jwt.decode(accessToken));
  return parsed.success ? [...parsed.data.roles].sort() : null;
}
