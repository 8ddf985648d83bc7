import { createHash } from 'node:crypto';
import { AppError } from '../../kernel/app-error.js';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import { normaliseGuid } from '../../kernel/guid.js';
import type { Log } from '../../kernel/log.js';
import { checkedGraphConfig, type GraphConfig, graphScope } from '../graph-config.js';
import { type SignedInIdentity, tenantNamedIn, verifyIdToken } from './id-token.js';
import { createMsalApplication, tenantEndpoint } from './msal-application.js';
import { classifyTokenError } from './token-failure.js';
import { createTokenNetwork } from './token-network.js';

/** A tenant by its GUID, or `organizations`: whichever tenant the person works in, which the verified id token tells. */
export type SignInTenant = string | typeof ORGANIZATIONS;
const ORGANIZATIONS = 'organizations';

/** What the caller keeps, on its own side, until the browser comes back. */
export interface SignInStarted {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface SignInFinish {
  /** As it was begun. */
  readonly tenantId: SignInTenant;
  readonly code: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export type SignInOutcome =
  | { readonly outcome: 'verified'; readonly identity: SignedInIdentity }
  | { readonly outcome: 'refused'; readonly reason: 'code' | 'id_token'; readonly message: string };

/** Proof of who somebody is at a tenant by a sign-in there: authorization code with PKCE, and an id token that we verify ourselves. */
export interface SignIn {
  /** `state` default: fresh and random. */
  begin(options: { tenantId: SignInTenant; redirectUri: string; state?: string }): SignInStarted;
  /** @throws TokenFailure where Entra ID cannot be reached or refuses our own credential */
  finish(options: SignInFinish): Promise<SignInOutcome>;
  /** Where an administrator consents to the application permissions. Its redirect is evidence of nothing. */
  adminConsentUrl(options: { tenantId: string; redirectUri: string; state: string }): string;
}

export interface SignInDeps {
  readonly config: GraphConfig;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly fetch?: typeof fetch;
  /** Real milliseconds for one request to Entra ID; default 10,000. */
  readonly limitMs?: number;
}

const SCOPES = ['openid', 'profile'];

export function createSignIn(deps: SignInDeps): SignIn {
  const config = checkedGraphConfig(deps.config);
  const send = deps.fetch ?? fetch;
  const limitMs = deps.limitMs ?? 10 * SECOND_MS;

  return { begin, finish, adminConsentUrl };

  function begin(options: { tenantId: SignInTenant; redirectUri: string; state?: string }): SignInStarted {
    const state = options.state ?? deps.chance.token(32);
    const nonce = deps.chance.token(32);
    const codeVerifier = deps.chance.token(32);
    const url = withQuery(tenantEndpoint(config, signInTenantOf(options), 'oauth2/v2.0/authorize'), {
      client_id: config.clientId,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: options.redirectUri,
      scope: SCOPES.join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      // Whoever happens to be signed in is not who the administrator wants to vouch with.
      prompt: 'select_account',
    });
    return { url, state, nonce, codeVerifier };
  }

  async function finish(options: SignInFinish): Promise<SignInOutcome> {
    const tenantId = signInTenantOf(options);
    const redeemed = await redeem(tenantId, options);
    const outcome = 'idToken' in redeemed ? await verified(tenantId, redeemed.idToken, options.nonce) : redeemed;
    const reason = outcome.outcome === 'refused' ? outcome.reason : null;
    deps.log.info({ event: 'sign_in.finished', tenantId, outcome: outcome.outcome, reason }, 'sign-in finished');
    return outcome;
  }

  async function verified(asked: SignInTenant, idToken: string, nonce: string): Promise<SignInOutcome> {
    // What the token says of its tenant is worth nothing until that very tenant's own keys and issuer confirm it.
    const tenantId = asked === ORGANIZATIONS ? tenantNamedIn(idToken) : asked;
    if (tenantId === null) return { outcome: 'refused', reason: 'id_token', message: 'The id token names no tenant.' };
    const verdict = await verifyIdToken({ config, clock: deps.clock, fetch: send, limitMs }, idToken, {
      tenantId,
      nonce,
    });
    if (verdict.ok) return { outcome: 'verified', identity: verdict.identity };
    return { outcome: 'refused', reason: 'id_token', message: verdict.message };
  }

  async function redeem(tenantId: SignInTenant, options: SignInFinish): Promise<{ idToken: string } | SignInOutcome> {
    const network = createTokenNetwork({ fetch: send, limitMs, nowMs: () => deps.clock.nowMs() });
    // A client of its own: what it caches belongs to a person and must not outlive the sign-in.
    const application = createMsalApplication({ config, tenantId, network: network.client });
    const { code, redirectUri, codeVerifier, nonce } = options;
    try {
      const result = await application.acquireTokenByCode({ scopes: SCOPES, code, redirectUri, codeVerifier, nonce });
      return { idToken: result.idToken };
    } catch (error) {
      const failure = classifyTokenError(error, network.lastAnswer());
      if (failure.kind !== 'rejected') throw failure;
      // An answer of 4xx is Entra's verdict on the code; otherwise MSAL found the id token at fault.
      const isCode = (network.lastAnswer()?.status ?? 0) >= 400;
      const message = isCode
        ? 'Entra ID refused the sign-in code: it was used before, is too old, or belongs to another sign-in. Start again.'
        : 'The id token does not fit this sign-in. Start again.';
      return { outcome: 'refused', reason: isCode ? 'code' : 'id_token', message };
    }
  }

  function adminConsentUrl(options: { tenantId: string; redirectUri: string; state: string }): string {
    return withQuery(tenantEndpoint(config, tenantOf(options), 'v2.0/adminconsent'), {
      client_id: config.clientId,
      scope: graphScope(config),
      redirect_uri: options.redirectUri,
      state: options.state,
    });
  }
}

function signInTenantOf(options: { tenantId: SignInTenant }): SignInTenant {
  return options.tenantId === ORGANIZATIONS ? ORGANIZATIONS : tenantOf(options);
}

function tenantOf(options: { tenantId: string }): string {
  const tenantId = normaliseGuid(options.tenantId);
  if (tenantId !== null) return tenantId;
  throw new AppError('bad_tenant', 'A tenant is named by its GUID (Entra admin centre, Overview, Tenant ID).', {
    field: 'tenantId',
  });
}

function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  return `${address}?${new URLSearchParams(query)}`;
}
