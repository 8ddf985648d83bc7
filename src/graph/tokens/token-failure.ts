import { AuthError, ServerError } from '@azure/msal-node';

export type TokenFailureKind =
  | 'tenant_not_found'
  | 'app_not_consented'
  | 'secret_wrong'
  | 'secret_expired'
  | 'app_disabled'
  | 'access_blocked'
  | 'certificate_wrong'
  | 'throttled'
  | 'unreachable'
  | 'rejected';

/** Entra ID gave no token; the message tells the operator what to do. */
export class TokenFailure extends Error {
  override readonly name = 'TokenFailure';
  readonly kind: TokenFailureKind;
  /** AADSTS number, or MSAL's or our own word where Entra ID named none. */
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(kind: TokenFailureKind, details: { code: string; retryAfterMs?: number | null; cause?: unknown }) {
    super(`${REMEDIES[kind]} (${details.code})`, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = details.code;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

const REMEDIES: Readonly<Record<TokenFailureKind, string>> = {
  tenant_not_found:
    'Entra ID knows no such tenant. Compare the Tenant GUID with the Tenant ID in the Entra admin center (Identity, Overview): they must match exactly.',
  app_not_consented:
    "The GetHomeSafe application is not approved in this tenant, or was removed from it. Let one of the tenant's administrators connect again and consent.",
  secret_wrong:
    'Entra ID refused the client secret. Set AZURE_CLIENT_SECRET to the value of the secret, not to its id.',
  secret_expired: 'The client secret has expired. Make a new one in the app registration and set AZURE_CLIENT_SECRET.',
  app_disabled:
    'The GetHomeSafe application is switched off in this tenant. See that the Microsoft subscription is active, and enable the application under Enterprise applications.',
  access_blocked:
    'A Conditional Access policy of the tenant blocks the GetHomeSafe application, whatever its permissions. Exclude the application from the policy.',
  certificate_wrong:
    'Entra ID refused the certificate. Upload the certificate of AZURE_CLIENT_CERTIFICATE_PATH to the app registration, or renew it.',
  throttled: 'Entra ID asked to wait before asking for tokens again. This passes by itself.',
  unreachable:
    'Entra ID did not answer as it should. This passes by itself; check the way to the authority host if it lasts.',
  rejected: 'Entra ID refused the token request. Look the code up in the list of AADSTS error codes.',
};

/**
 * Meaning of AADSTS numbers. Source: Microsoft identity platform, "Microsoft Entra authentication and authorization
 * error codes"; Microsoft warns that they may change, so what is not listed falls back to the OAuth error.
 */
const KINDS: ReadonlyMap<number, TokenFailureKind> = new Map([
  [90002, 'tenant_not_found'],
  [900021, 'tenant_not_found'],
  [900023, 'tenant_not_found'],
  [700016, 'app_not_consented'],
  [7000229, 'app_not_consented'],
  [650052, 'app_not_consented'],
  [65001, 'app_not_consented'],
  [500011, 'app_not_consented'],
  [7000215, 'secret_wrong'],
  [7000222, 'secret_expired'],
  [7000112, 'app_disabled'],
  [7000111, 'app_disabled'],
  [53003, 'access_blocked'],
  [53000, 'access_blocked'],
  [700027, 'certificate_wrong'],
  [700021, 'certificate_wrong'],
  [700024, 'certificate_wrong'],
  [50196, 'throttled'],
  [90033, 'unreachable'],
  [90024, 'unreachable'],
  [90014, 'rejected'],
]);

/** What Entra ID's last answer said beside MSAL's error: MSAL hides status and Retry-After. */
export interface TokenAnswer {
  /** 0 where no answer came. */
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** Entra ID was reached, but did not answer in time. */
  readonly timedOut?: boolean;
}

/** Tells MSAL's errors apart, also when MSAL throws one again from its failure cache. */
export function classifyTokenError(error: unknown, answer: TokenAnswer | null): TokenFailure {
  const retryAfterMs = answer?.retryAfterMs ?? null;
  for (const code of errorNumbers(error)) {
    const kind = KINDS.get(code);
    // A number known as final stays final; a transient one with 429 is throttling.
    if (kind !== undefined) {
      const busy = kind === 'unreachable' && answer?.status === 429;
      return new TokenFailure(busy ? 'throttled' : kind, { code: `AADSTS${code}`, retryAfterMs, cause: error });
    }
  }
  const number = errorNumbers(error)[0];
  const word = answer?.timedOut ? 'timeout' : errorCodeOf(error);
  const code = number === undefined ? word : `AADSTS${number}`;
  return new TokenFailure(kindWithoutNumber(error, answer), { code, retryAfterMs, cause: error });
}

function kindWithoutNumber(error: unknown, answer: TokenAnswer | null): TokenFailureKind {
  const status = answer?.status ?? (error instanceof ServerError ? error.status : undefined);
  if (status === 429) return 'throttled';
  if (status !== undefined && status >= 500) return 'unreachable';
  if (!(error instanceof AuthError)) return 'unreachable';
  const code = error.errorCode;
  if (code === 'temporarily_unavailable' || code === 'server_error') return 'unreachable';
  if (error instanceof ServerError) return 'rejected';
  return LOCAL_TRANSPORT_CODES.has(code) ? 'unreachable' : 'rejected';
}

/** MSAL's own words for answers that never came or could not be read. */
const LOCAL_TRANSPORT_CODES = new Set([
  'network_error',
  'request_timeout',
  'token_parsing_error',
  'endpoints_resolution_error',
  'openid_config_error',
  'no_network_connectivity',
]);

function errorCodeOf(error: unknown): string {
  return error instanceof AuthError && error.errorCode !== '' ? error.errorCode : 'no_answer';
}

/** `errorNo` holds the first number; the cached rethrow has all numbers in `errorCode`, joined by spaces. */
function errorNumbers(error: unknown): number[] {
  if (!(error instanceof AuthError)) return [];
  const texts = [error instanceof ServerError ? (error.errorNo ?? '') : '', error.errorCode];
  return (
    texts
      // Typed as a text, but a number when it comes fresh from the answer (MSAL Node 7.2).
      .flatMap((text) => String(text).split(' '))
      .filter((text) => /^\d+$/.test(text))
      .map(Number)
  );
}
