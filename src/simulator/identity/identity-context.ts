import type { Chance } from '../../kernel/chance.js';
import type { Clock } from '../../kernel/clock.js';
import type { Tenant, World } from '../world/types.js';
import type { SigningKeys } from './signing-keys.js';

/** What a sign-in leaves behind until its code is redeemed, once. */
export interface IssuedCode {
  readonly tenantId: string;
  readonly principalName: string;
  readonly redirectUri: string;
  /** S256 challenge; null where the client sent none. */
  readonly challenge: string | null;
  readonly nonce: string | null;
  readonly expiresAtMs: number;
  redeemed: boolean;
}

export interface IdentityContext {
  readonly world: World;
  /** Address of the simulator without a slash at the end. */
  baseUrl(): string;
  /** Real time: tokens are MSAL's business, and MSAL does not know the simulated clock. */
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly chance: Chance;
  readonly keys: SigningKeys;
  readonly codes: Map<string, IssuedCode>;
  /** `jti` of client assertions that were used -> when they end, in ms. */
  readonly usedAssertions: Map<string, number>;
  /** The next so many token requests are refused with AADSTS90033. */
  readonly throttle: { times: number; retryAfterSeconds: number };
}

/** An answer without its transport. */
export type IdentityAnswer =
  | { kind: 'json'; status: number; body: object; headers?: Readonly<Record<string, string>> }
  | { kind: 'page'; status: number; html: string }
  | { kind: 'redirect'; location: string };

/** A tenant by GUID or verified domain. */
export function tenantOf(context: IdentityContext, segment: string): Tenant | undefined {
  const key = segment.toLowerCase();
  return context.world.tenants.get(key) ?? [...context.world.tenants.values()].find(({ domain }) => domain === key);
}

/** The segment that stands for whichever tenant a person works in. */
export const ORGANIZATIONS = 'organizations';

export function isOrganizations(segment: string): boolean {
  return segment.toLowerCase() === ORGANIZATIONS;
}

/** Whether the registration has this address; on loopback hosts the port does not matter. */
export function isRegisteredRedirect(context: IdentityContext, address: string): boolean {
  const comparable = (text: string) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !['localhost', '127.0.0.1'].includes(url.hostname)) return text;
    url.port = '';
    return url.href;
  };
  return context.world.application.redirectUris.some((each) => comparable(each) === comparable(address));
}
