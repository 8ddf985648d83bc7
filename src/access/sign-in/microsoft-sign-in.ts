import type { SignIn, SignInTenant } from '../../graph/tokens/sign-in.js';
import { TokenFailure } from '../../graph/tokens/token-failure.js';
import { MINUTE_MS } from '../../kernel/clock.js';
import { sameText, signText, verifySigned } from '../../kernel/secrets.js';
import type { AccessDeps } from '../access-deps.js';
import type { MicrosoftPerson } from '../types.js';
import type { Admission } from './admission.js';
import type { BeginSession } from './begin-session.js';
import { localPath } from './local-path.js';

/** Time to sign in at Microsoft. */
export const SIGN_IN_LIFE_MS = 15 * MINUTE_MS;

/** What the signature of the cookie is for. */
const COOKIE_PURPOSE = 'sign-in-cookie';

/** Why nobody was signed in; the page of this code says it in words. */
export const SIGN_IN_PROBLEMS = [
  /** Made by hand, too late, repeated, or of another browser. */
  'not_expected',
  'cancelled',
  /** Microsoft did not confirm the sign-in. */
  'not_confirmed',
  /** Confirmed, but nobody who may use the portal. */
  'not_admitted',
  'microsoft_unavailable',
] as const;
export type SignInProblem = (typeof SIGN_IN_PROBLEMS)[number];

/**
 * One way through signing in, which the browser keeps for us in a signed cookie: anybody may begin one, so that nothing
 * is written for it. What opens only once is the code, which Microsoft redeems once.
 */
interface SignInAttempt {
  readonly state: string;
  readonly tenantId: SignInTenant;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Path of ours. */
  readonly returnTo: string;
  readonly expiresAtMs: number;
}

export type SignedInAtMicrosoft =
  | { readonly outcome: 'signed_in'; readonly cookie: string; readonly url: string }
  | { readonly outcome: 'refused'; readonly problem: SignInProblem };

/** Sign-in at Microsoft: code with PKCE. Who is let in is decided by tenant and object id of a verified id token. */
export interface MicrosoftSignIn {
  /**
   * @param wanted.enterpriseId  at the tenant of this enterprise, where a guest has another object id than at home;
   *   otherwise wherever the person works
   * @returns where to send the browser, and the cookie that binds it to this attempt
   */
  start(wanted: {
    readonly enterpriseId: string | undefined;
    readonly returnTo: string | undefined;
  }): Promise<{ readonly url: string; readonly cookie: string; readonly cookieLifeMs: number }>;
  /** @param answer.replaces  the cookie of a session that the browser has already; it ends */
  callback(answer: {
    readonly cookie: string | undefined;
    readonly state: string | undefined;
    readonly code: string | undefined;
    readonly replaces: string | undefined;
  }): Promise<SignedInAtMicrosoft>;
}

export interface MicrosoftSignInDeps extends AccessDeps {
  readonly signIn: Pick<SignIn, 'begin' | 'finish'>;
  readonly admission: Admission;
  readonly beginSession: BeginSession;
  /** The tenant that an enterprise proved last, or null. */
  tenantOf(enterpriseId: string): Promise<string | null>;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** The first signs, all verify. */
  readonly appSecrets: readonly string[];
}

export function createMicrosoftSignIn(deps: MicrosoftSignInDeps): MicrosoftSignIn {
  const redirectUri = `${deps.publicUrl}/sign-in/callback`;

  return { start, callback };

  async function start(wanted: Parameters<MicrosoftSignIn['start']>[0]) {
    const { enterpriseId, returnTo } = wanted;
    const tenantId = enterpriseId === undefined ? null : await deps.tenantOf(enterpriseId);
    const at = tenantId ?? 'organizations';
    const { url, state, nonce, codeVerifier } = deps.signIn.begin({ tenantId: at, redirectUri });
    const attempt: SignInAttempt = {
      ...{ state, tenantId: at, nonce, codeVerifier, returnTo: localPath(returnTo, deps.publicUrl) },
      expiresAtMs: deps.clock.nowMs() + SIGN_IN_LIFE_MS,
    };
    const text = Buffer.from(JSON.stringify(attempt)).toString('base64url');
    return { url, cookie: signText(deps.appSecrets, COOKIE_PURPOSE, text), cookieLifeMs: SIGN_IN_LIFE_MS };
  }

  async function callback(answer: Parameters<MicrosoftSignIn['callback']>[0]): Promise<SignedInAtMicrosoft> {
    const attempt = attemptOf(answer);
    if (attempt === null) return refused('not_expected');
    if (answer.code === undefined) return refused('cancelled');
    const person = await redeemed(attempt, answer.code);
    if (typeof person === 'string') return refused(person);
    const admitted = await deps.admission.admit(person);
    if (admitted === null) return refused('not_admitted');
    const proven = { ...admitted, by: { method: 'microsoft' as const }, replaces: answer.replaces };
    const cookie = await deps.beginSession(proven);
    if (cookie === null) return refused('not_admitted');
    return { outcome: 'signed_in', cookie, url: `${deps.publicUrl}${attempt.returnTo}` };
  }

  /** What this very browser began with this state, unless that is too long ago. */
  function attemptOf(answer: { cookie: string | undefined; state: string | undefined }): SignInAttempt | null {
    const { cookie = '', state = '' } = answer;
    const text = verifySigned(deps.appSecrets, COOKIE_PURPOSE, cookie);
    if (text === null) return null;
    const attempt: SignInAttempt = JSON.parse(Buffer.from(text, 'base64url').toString());
    return sameText(attempt.state, state) && attempt.expiresAtMs > deps.clock.nowMs() ? attempt : null;
  }

  async function redeemed(attempt: SignInAttempt, code: string): Promise<MicrosoftPerson | SignInProblem> {
    const { tenantId, nonce, codeVerifier } = attempt;
    try {
      const result = await deps.signIn.finish({ tenantId, code, redirectUri, nonce, codeVerifier });
      if (result.outcome === 'refused') return 'not_confirmed';
      return { tenantId: result.identity.tenantId, objectId: result.identity.objectId };
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error;
      const { kind, code: failure } = error;
      deps.log.warn({ event: 'sign_in.no_token', kind, code: failure }, 'sign-in could not be redeemed');
      return 'microsoft_unavailable';
    }
  }

  function refused(problem: SignInProblem): SignedInAtMicrosoft {
    deps.log.warn({ event: 'sign_in.refused', by: 'microsoft', reason: problem }, 'sign-in refused');
    return { outcome: 'refused', problem };
  }
}
