import type { AccessDeps } from './access-deps.js';
import type { Accounts } from './accounts.js';
import type { BearerTokens } from './bearer-tokens.js';
import type { Passwords } from './passwords.js';
import { createSessions } from './sessions.js';
import { type AdministratorOf, createAdmission, principalOf } from './sign-in/admission.js';
import { createBeginSession } from './sign-in/begin-session.js';
import { createMicrosoftSignIn, type MicrosoftSignIn, type MicrosoftSignInDeps } from './sign-in/microsoft-sign-in.js';
import { createSignInThrottle, type SignInSource } from './sign-in/throttle.js';
import type { Principal } from './types.js';

export type SignedIn =
  | { readonly outcome: 'signed_in'; readonly cookie: string; readonly principal: Principal }
  /** User name or password is wrong, or the account is disabled: which, is not told. */
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number };

/** Who may use the portal and its API. */
export interface Access {
  /** Who a request comes from; null: the cookie or token is not, or no more, good. */
  authenticate(given: { readonly cookie: string } | { readonly bearer: string }): Promise<Principal | null>;
  /** `replaces`: the cookie of a session that the browser has already; it ends. */
  signIn(typed: SignInSource & { readonly password: string; readonly replaces: string | undefined }): Promise<SignedIn>;
  readonly microsoft: MicrosoftSignIn;
  signOut(cookie: string): Promise<void>;
  /** Ends all sessions of whoever this is. */
  signOutEverywhere(principal: Principal): Promise<void>;
}

export interface CreateAccessDeps extends AccessDeps, Pick<MicrosoftSignInDeps, 'signIn' | 'tenantOf' | 'publicUrl'> {
  /** The first signs, all verify. */
  readonly appSecrets: readonly string[];
  readonly accounts: Accounts;
  readonly bearerTokens: BearerTokens;
  readonly passwords: Passwords;
  readonly administratorOf: AdministratorOf;
}

export function createAccess(deps: CreateAccessDeps): Access {
  const sessions = createSessions(deps);
  const throttle = createSignInThrottle(deps);
  const admission = createAdmission(deps);
  const beginSession = createBeginSession({ ...deps, sessions });

  return {
    authenticate,
    signIn,
    microsoft: createMicrosoftSignIn({ ...deps, admission, beginSession }),
    signOut: (cookie) => sessions.end(cookie),
    signOutEverywhere: (principal) => sessions.endAll(principal.id),
  };

  async function authenticate(given: { cookie: string } | { bearer: string }): Promise<Principal | null> {
    if ('cookie' in given) {
      const session = await sessions.use(given.cookie);
      return session === null ? null : admission.stillAdmitted(session);
    }
    const row = await deps.bearerTokens.use(given.bearer);
    if (row === null) return null;
    const { _id: id, name, role, enterpriseId } = row;
    const named = { id, userName: name, displayName: name };
    return { who: `token:${name}`, role, enterpriseId, accountId: null, via: 'token', ...named };
  }

  async function signIn(typed: Parameters<Access['signIn']>[0]): Promise<SignedIn> {
    const retryAfterMs = await throttle.take(typed);
    if (retryAfterMs > 0) return refused({ outcome: 'throttled', retryAfterMs });
    const account = await deps.accounts.ofUserName(typed.userName);
    const kept = account?.password ?? null;
    // Also where there is no such account: the answer takes as long.
    const isRight = await deps.passwords.verify(typed.password, kept);
    if (!isRight || account === null || kept === null) return refused({ outcome: 'refused' });
    const principal = principalOf(account);
    const subject = { kind: 'account' as const, id: account._id };
    const by = { method: 'password' as const, passwordHash: kept.hash };
    const cookie = await beginSession({ subject, principal, by, replaces: typed.replaces });
    if (cookie === null) return refused({ outcome: 'refused' });
    await throttle.succeeded(typed);
    return { outcome: 'signed_in', cookie, principal };
  }

  function refused(outcome: Exclude<SignedIn, { outcome: 'signed_in' }>): SignedIn {
    deps.log.warn({ event: 'sign_in.refused', by: 'password', reason: outcome.outcome }, 'sign-in refused');
    return outcome;
  }
}
