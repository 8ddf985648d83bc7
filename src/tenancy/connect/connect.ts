import type { SignIn } from '../../graph/tokens/sign-in.js';
import { TokenFailure } from '../../graph/tokens/token-failure.js';
import { AppError } from '../../kernel/app-error.js';
import { readIntegration } from '../change-integration.js';
import type { Integrations, WantedTenant } from '../integrations.js';
import {
  type BrowserEvidence,
  CONSENT_LIFE_MS,
  type ConnectAttemptDeps,
  type ConnectAttemptRow,
  createConnectAttempts,
} from './connect-attempts.js';
import { mayConsent, type Proofs } from './proof.js';

/** Why a step did not go on; nothing was connected by it. */
export type ConnectRefusal =
  /** Used, expired or never given. */
  | 'ticket'
  /** Made by hand, too late, repeated, or of another browser. */
  | 'not_expected'
  | 'cancelled'
  | 'sign_in'
  | 'may_not_consent'
  | 'tenant_changed'
  | 'tenant_taken'
  | 'microsoft_unavailable';

export type Refused = {
  readonly outcome: 'refused';
  readonly reason: ConnectRefusal;
  /** Whose connection it was about, for the way back; null where the attempt is not known. */
  readonly enterpriseId: string | null;
};
type Redirect = { readonly outcome: 'redirect'; readonly url: string };
export type ConnectStarted = (Redirect & { readonly cookie: string; readonly cookieLifeMs: number }) | Refused;
export type ConnectCalledBack = Redirect | Refused;
export type ConnectConsented =
  | { readonly outcome: 'connected'; readonly enterpriseId: string }
  | { readonly outcome: 'waiting'; readonly enterpriseId: string; readonly message: string }
  | Refused;

export interface ConnectTicket {
  /** One-time address for the browser of the tenant's administrator. */
  readonly url: string;
  readonly tenantId: string;
  readonly expiresAt: Date;
}

/** Connecting a tenant: ticket, sign-in at that tenant, admin consent, and a look whether it holds. */
export interface Connect {
  begin(enterpriseId: string, wanted: WantedTenant): Promise<ConnectTicket>;
  /** GET /connect/start */
  start(ticket: string): Promise<ConnectStarted>;
  /** GET /connect/callback. Only the redeemed code is evidence. */
  callback(answer: BrowserEvidence & { readonly code: string | undefined }): Promise<ConnectCalledBack>;
  /** GET /connect/consent. What the address says is never evidence: Graph is asked. */
  consent(answer: BrowserEvidence): Promise<ConnectConsented>;
  /** Where an administrator consents for a tenant that was attested; coming back from it connects nothing by itself. */
  consentUrl(enterpriseId: string): Promise<string>;
}

export interface ConnectDeps extends ConnectAttemptDeps {
  readonly signIn: SignIn;
  readonly integrations: Pick<Integrations, 'setTenant'>;
  readonly proofs: Pick<Proofs, 'proveBySignIn' | 'check'>;
  /** Without a slash at its end. */
  readonly publicUrl: string;
}

export function createConnect(deps: ConnectDeps): Connect {
  const attempts = createConnectAttempts(deps);
  const callbackUrl = `${deps.publicUrl}/connect/callback`;
  const returnUrl = `${deps.publicUrl}/connect/consent`;

  return { begin, start, callback, consent, consentUrl };

  async function begin(enterpriseId: string, wanted: WantedTenant): Promise<ConnectTicket> {
    const { tenantId } = await deps.integrations.setTenant(enterpriseId, wanted);
    if (tenantId === null) throw new AppError('tenant_changed', 'The tenant was disconnected meanwhile: try again.');
    const { ticket, expiresAt } = await attempts.begin({ enterpriseId, tenantId, by: wanted.by });
    return { url: `${deps.publicUrl}/connect/start?ticket=${ticket}`, tenantId, expiresAt };
  }

  async function start(ticket: string): Promise<ConnectStarted> {
    const opened = await attempts.open(ticket);
    if (opened === null) return refusal('ticket');
    const { attempt, cookie } = opened;
    if (await isOutdated(attempt)) return refuse(attempt, 'tenant_changed');
    const { url, ...secrets } = deps.signIn.begin({ tenantId: attempt.tenantId, redirectUri: callbackUrl });
    if (!(await attempts.startSignIn(attempt, secrets))) return refusal('not_expected');
    return { outcome: 'redirect', url, cookie, cookieLifeMs: CONSENT_LIFE_MS };
  }

  async function callback(answer: BrowserEvidence & { code: string | undefined }): Promise<ConnectCalledBack> {
    const attempt = await attempts.takeSignIn(answer);
    if (attempt === null) return refusal('not_expected');
    if (answer.code === undefined) return refuse(attempt, 'cancelled');
    const signedIn = await redeem(attempt, answer.code);
    if (signedIn.outcome === 'refused') return refuse(attempt, signedIn.reason);
    const { enterpriseId, tenantId, by } = attempt;
    try {
      await deps.proofs.proveBySignIn({ enterpriseId, tenantId, objectId: signedIn.objectId, by });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== 'tenant_changed' && error.code !== 'tenant_taken') throw error;
      return refuse(attempt, error.code);
    }
    const state = await attempts.startConsent(attempt);
    return { outcome: 'redirect', url: deps.signIn.adminConsentUrl({ tenantId, redirectUri: returnUrl, state }) };
  }

  async function redeem(
    attempt: ConnectAttemptRow,
    code: string,
  ): Promise<{ outcome: 'signed_in'; objectId: string } | Refused> {
    const { tenantId, nonce, codeVerifier } = attempt;
    if (nonce === null || codeVerifier === null) return refusal('not_expected');
    try {
      const result = await deps.signIn.finish({ tenantId, code, redirectUri: callbackUrl, nonce, codeVerifier });
      if (result.outcome === 'refused') return refusal('sign_in');
      if (result.identity.tenantId !== tenantId) return refusal('sign_in');
      if (!mayConsent(result.identity.wids)) return refusal('may_not_consent');
      return { outcome: 'signed_in', objectId: result.identity.objectId };
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error;
      const { kind, code: failure } = error;
      deps.log.warn({ event: 'connect.no_token', tenantId, kind, code: failure }, 'sign-in could not be redeemed');
      return refusal('microsoft_unavailable');
    }
  }

  async function consent(answer: BrowserEvidence): Promise<ConnectConsented> {
    const attempt = await attempts.findConsent(answer);
    if (attempt === null) return refusal('not_expected');
    if (await isOutdated(attempt)) return refuse(attempt, 'tenant_changed');
    const { enterpriseId } = attempt;
    const { row, probe } = await deps.proofs.check(enterpriseId, attempt.by);
    if (probe.outcome !== 'consented') return { outcome: 'waiting', enterpriseId, message: probe.message };
    const isSame = row.tenantId === attempt.tenantId;
    return isSame ? { outcome: 'connected', enterpriseId } : refuse(attempt, 'tenant_changed');
  }

  async function consentUrl(enterpriseId: string): Promise<string> {
    const { tenantId } = await readIntegration(deps, enterpriseId);
    if (tenantId === null) throw new AppError('not_connected', 'Enter the Tenant GUID first.', { status: 409 });
    return deps.signIn.adminConsentUrl({ tenantId, redirectUri: returnUrl, state: 'attested' });
  }

  /** Whether the enterprise has turned to another tenant since the ticket was made. */
  async function isOutdated(attempt: ConnectAttemptRow): Promise<boolean> {
    return (await readIntegration(deps, attempt.enterpriseId)).tenantId !== attempt.tenantId;
  }

  async function refuse(attempt: ConnectAttemptRow, reason: ConnectRefusal): Promise<Refused> {
    await attempts.refuse(attempt, reason);
    const { enterpriseId, tenantId } = attempt;
    deps.log.warn({ event: 'connect.refused', enterpriseId, tenantId, reason }, 'connecting refused');
    return refusal(reason, enterpriseId);
  }
}

function refusal(reason: ConnectRefusal, enterpriseId: string | null = null): Refused {
  return { outcome: 'refused', reason, enterpriseId };
}
