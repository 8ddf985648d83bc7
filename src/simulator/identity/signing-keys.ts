import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Chance } from '../../kernel/chance.js';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The keys that sign all tokens of the simulated Entra. */
export interface SigningKeys {
  sign(claims: object): string;
  /** The claims of a token signed by a published key and within its lifetime at `nowMs`; throws otherwise. */
  verify(token: string, nowMs: number): unknown;
  /** The published key set: the signing key and the one before it. */
  keySet(): { readonly keys: readonly object[] };
  /** Signs with a new key from now on. */
  rotate(): void;
}

export function createSigningKeys(chance: Chance): SigningKeys {
  let keys = [newKey(chance)];
  return {
    sign: (claims) => {
      const [{ privateKey, kid } = newKey(chance)] = keys;
      return jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: kid });
    },
    verify: (token, nowMs) => {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const key = keys.find((each) => each.kid === kid);
      if (key === undefined) throw new jwt.JsonWebTokenError('Signature validation failed. No security keys match.');
      return jwt.verify(token, key.publicKey, { algorithms: ['RS256'], clockTimestamp: Math.floor(nowMs / 1_000) });
    },
    keySet: () => ({
      keys: keys.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        use: 'sig',
        alg: 'RS256',
      })),
    }),
    rotate: () => {
      keys = [newKey(chance), ...keys.slice(0, 1)];
    },
  };
}

function newKey(chance: Chance): SigningKey {
  return { kid: chance.token(20), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}
