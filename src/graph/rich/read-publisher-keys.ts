import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type ReadJsonDeps, readJson } from '../tokens/read-json.js';
import { TokenFailure } from '../tokens/token-failure.js';

/** A key with which Entra ID signs tokens. */
export interface PublisherKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** Whose tokens it signs: an issuer with `{tenantid}` in it for all tenants, or that of one; null where not told. */
  readonly issuer: string | null;
}

/** Fewer bits than Entra ID ever used; a shorter key would not be its own. */
const LEAST_KEY_BITS = 2_048;
/** Entra ID publishes about ten keys. */
const MOST_KEYS = 100;

const setSchema = z.object({ keys: z.array(z.looseObject({})).max(MOST_KEYS) });
const keySchema = z.looseObject({
  kid: z.string().min(1),
  kty: z.literal('RSA'),
  n: z.string(),
  e: z.string(),
  use: z.literal('sig').optional(),
  issuer: z.string().optional(),
});

/**
 * The keys Entra ID signs with now, those of another kind left out. Source: Microsoft identity platform, "Signing key
 * rollover"; `common` has the keys of all tenants.
 *
 * @param deps.authorityHost  origin such as https://login.microsoftonline.com
 * @throws TokenFailure (unreachable)
 */
export async function readPublisherKeys(
  deps: ReadJsonDeps & { readonly authorityHost: string },
): Promise<readonly PublisherKey[]> {
  const set = setSchema.safeParse(await readJson(deps, `${deps.authorityHost}/common/discovery/v2.0/keys`));
  if (!set.success) throw new TokenFailure('unreachable', { code: 'bad_key_set' });
  return set.data.keys.flatMap((each) => keyIn(each) ?? []);
}

function keyIn(published: unknown): PublisherKey | null {
  const parsed = keySchema.safeParse(published);
  if (!parsed.success) return null;
  const { kid, kty, n, e, issuer = null } = parsed.data;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= LEAST_KEY_BITS ? { kid, key, issuer } : null;
  } catch {
    return null;
  }
}
