import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { inTransaction } from '../store/in-transaction.js';
import { type AccessDeps, auditAccess } from './access-deps.js';
import type { Accounts } from './accounts.js';
import type { BearerTokens } from './bearer-tokens.js';
import type { Passwords } from './passwords.js';
import { createSessions, endSessionsOf } from './sessions.js';
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
  /**
   * Who a request comes from; null: the cookie or token is not, or no more, good.
   *
   * @param how.isUse  false: nobody sits there, so that a session does not go on for longer by it
   */
  authenticate(
    given: { readonly cookie: string } | { readonly bearer: string },
    how?: { readonly isUse: boolean },
  ): Promise<Principal | null>;
  /** `replaces`: the cookie of a session that the browser has already; it ends. */
  signIn(typed: SignInSource & { readonly password: string; readonly replaces: string | undefined }): Promise<SignedIn>;
  readonly microsoft: MicrosoftSignIn;
  /** Of whoever signed in with a password. Every session of the account ends, and a new one begins. */
  changePassword(asked: PasswordChange): Promise<SignedIn>;
  signOut(cookie: string, principal: Principal): Promise<void>;
  /** Ends all sessions of whoever this is. */
  signOutEverywhere(principal: Principal): Promise<void>;
}

export interface PasswordChange {
  readonly principal: Principal;
  /** Of the client, as for a sign-in: wrong ones count as failed sign-ins. */
  readonly address: string;
  readonly current: string;
  readonly next: string;
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
    changePassword,
    signOut: (cookie, principal) =>
      inTransaction(deps, async (session) => {
        if (await sessions.end(cookie, session)) await auditOut(session, principal, 'access.signed_out');
      }),
    signOutEverywhere: (principal) =>
      inTransaction(deps, async (session) => {
        await endSessionsOf(deps, session, principal.id);
        await auditOut(session, principal, 'access.signed_out_everywhere');
      }),
  };

  async function authenticate(
    given: { cookie: string } | { bearer: string },
    { isUse } = { isUse: true },
  ): Promise<Principal | null> {
    if ('cookie' in given) {
      const session = await (isUse ? sessions.use(given.cookie) : sessions.look(given.cookie));
      return session === null ? null : admission.stillAdmitted(session);
    }
    const row = await deps.bearerTokens.use(given.bearer);
    if (row === null) return null;
    const { _id: id, name, role, enterpriseId } = row;
    const named = { id, userName: name, displayName: name, hasPassword: false };
    return { who: `token:${name}`, role, enterpriseId, accountId: null, via: 'token', ...named };
  }

  async function signIn(typed: Parameters<Access['signIn']>[0]): Promise<SignedIn> {
    const retryAfterMs = await throttle.take(typed);
    if (retryAfterMs > 0) return refused({ outcome: 'throttled', retryAfterMs });
    const account = await deps.accounts.ofUserName(typed.userName);
    const kept = account?.password ?? null;
    // Also where there is no such account: the answer takes as long.
    const isRight = await judged(typed, () => deps.passwords.verify(typed.password, kept));
    if (!isRight || account === null || kept === null) return refused({ outcome: 'refused' });
    const principal = principalOf(account);
    const subject = { kind: 'account' as const, id: account._id };
    const by = { method: 'password' as const, passwordHash: kept.hash };
    const cookie = await beginSession({ subject, principal, by, replaces: typed.replaces });
    if (cookie === null) return refused({ outcome: 'refused' });
    await throttle.succeeded(typed);
    return { outcome: 'signed_in', cookie, principal };
  }

  /** An attempt that nobody could judge, such as while too many sign in, is no failed one. */
  async function judged<T>(source: SignInSource, judge: () => Promise<T>): Promise<T> {
    try {
      return await judge();
    } catch (error) {
      // Where the database is gone too, the attempt stays counted: the reason of both is what counts.
      await throttle.giveBack(source).catch(() => {});
      throw error;
    }
  }

  async function changePassword({ principal, address, current, next }: PasswordChange): Promise<SignedIn> {
    const { userName, who, accountId } = principal;
    const account = accountId === null ? null : await deps.accounts.byId(accountId);
    const kept = account?.password ?? null;
    if (principal.via !== 'session' || account === null || kept === null) throw noPassword();
    const retryAfterMs = await throttle.take({ userName, address });
    if (retryAfterMs > 0) return refused({ outcome: 'throttled', retryAfterMs });
    const isRight = await judged({ userName, address }, () => deps.passwords.verify(current, kept));
    if (!isRight) return refused({ outcome: 'refused' });
    await throttle.succeeded({ userName, address });
    const changed = await deps.accounts.changePassword(account, next, who);
    if (!changed?.password) return refused({ outcome: 'refused' });
    const subject = { kind: 'account' as const, id: account._id };
    const by = { method: 'password' as const, passwordHash: changed.password.hash };
    const cookie = await beginSession({ subject, principal, by, replaces: undefined });
    return cookie === null ? refused({ outcome: 'refused' }) : { outcome: 'signed_in', cookie, principal };
  }

  function auditOut(session: ClientSession, { enterpriseId, who, id }: Principal, what: string): Promise<void> {
    return auditAccess(deps, session, { enterpriseId, who, what, before: null, after: { id } });
  }

  function refused(outcome: Exclude<SignedIn, { outcome: 'signed_in' }>): SignedIn {
    deps.log.warn({ event: 'sign_in.refused', by: 'password', reason: outcome.outcome }, 'sign-in refused');
    return outcome;
  }
}

function noPassword(): AppError {
  const text = 'You did not sign in to an account with a password: there is none to change here.';
  return new AppError('no_password', text, { status: 409 });
}
