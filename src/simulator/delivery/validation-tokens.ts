import { HOUR_MS, MINUTE_MS, systemClock } from '../../kernel/clock.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { createSeededRandom } from '../world/seeded-random.js';
import type { World } from '../world/types.js';

/** Microsoft Graph Change Tracking. Source: Microsoft Graph documentation, change notifications with resource data. */
const PUBLISHER_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const FOREIGN_AUDIENCE = '11111111-2222-3333-4444-555555555555';

export interface TokenIssuer {
  /** Signs with the keys that the simulated Entra publishes. */
  sign(claims: object): string;
  /** Address of the simulated Entra without a slash at the end. */
  baseUrl(): string;
}

/** The `validationTokens` of a POST with these subscriptions' items; undefined where none carries resource data. */
export type ValidationTokens = (subscriptions: readonly Subscription[]) => readonly string[] | null | undefined;

/** One token for each pair of application and tenant, of version 1.0 or 2.0 by chance. */
export function createValidationTokens(world: World, issuer: TokenIssuer): ValidationTokens {
  const random = createSeededRandom(`${world.seed} validation tokens`);
  return (subscriptions) => {
    const rich = subscriptions.filter(({ includeResourceData }) => includeResourceData);
    if (rich.length === 0) return undefined;
    if (world.switches.richFault === 'no_tokens') return null;
    const pairs = new Map(rich.map((each) => [`${each.applicationId} ${each.tenantId}`, each]));
    return [...pairs.values()].map(tokenFor);
  };

  function tokenFor({ applicationId, tenantId: tid }: Subscription): string {
    const fault = world.switches.richFault;
    const aud = fault === 'foreign_audience' ? FOREIGN_AUDIENCE : applicationId;
    // Real time, as for all tokens.
    const now = systemClock.nowMs() - (fault === 'expired_token' ? 24 * HOUR_MS : 0);
    const seconds = (atMs: number) => Math.floor(atMs / 1_000);
    const times = { iat: seconds(now - 5 * MINUTE_MS), nbf: seconds(now - 5 * MINUTE_MS), exp: seconds(now + HOUR_MS) };
    const version =
      random.below(2) === 0
        ? { ver: '1.0', iss: `https://sts.windows.net/${tid}/`, appid: PUBLISHER_ID }
        : { ver: '2.0', iss: `${issuer.baseUrl()}/${tid}/v2.0`, azp: PUBLISHER_ID };
    const token = issuer.sign({ aud, tid, ...times, ...version });
    return fault === 'token_signature' ? withOtherSignature(token) : token;
  }
}

function withOtherSignature(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  return [header, payload, [...signature].reverse().join('')].join('.');
}
