import type { ClientSession } from 'mongodb';
import { type AccessDeps, auditAccess } from '../access-deps.js';
import type { Sessions } from '../sessions.js';
import { ACCOUNTS, type AccountRow, type Principal, type SessionSubject } from '../types.js';

export interface SignInProven {
  readonly subject: SessionSubject;
  readonly principal: Principal;
  /** `passwordHash`: the one that was compared with. */
  readonly by: { readonly method: 'password'; readonly passwordHash: string } | { readonly method: 'microsoft' };
  /** The cookie of a session that the browser has already. */
  readonly replaces: string | undefined;
}

/** Begins the session of somebody who has proved who they are, with its line in the audit log; null: not any more. */
export type BeginSession = (proven: SignInProven) => Promise<string | null>;

export function createBeginSession(deps: AccessDeps & { readonly sessions: Sessions }): BeginSession {
  const accounts = deps.store.collection<AccountRow>(ACCOUNTS);

  return async (proven) => {
    const { subject, principal, by, replaces } = proven;
    const confirm = async (session: ClientSession): Promise<boolean> => {
      if (!(await isStillThere(proven, session))) return false;
      const after = { [`${subject.kind}Id`]: subject.id, by: by.method };
      const { enterpriseId, who } = principal;
      await auditAccess(deps, session, { enterpriseId, who, what: 'access.signed_in', before: null, after });
      return true;
    };
    return deps.sessions.begin({ subject, replaces, confirm });
  };

  /** Writes the account, so that being disabled or given another password at this instant is ordered with it. */
  async function isStillThere({ subject, by }: SignInProven, session: ClientSession): Promise<boolean> {
    if (subject.kind === 'person') return true;
    const compared = by.method === 'password' ? { 'password.hash': by.passwordHash } : {};
    const filter = { _id: subject.id, disabledAt: null, ...compared };
    const { matchedCount } = await accounts.updateOne(
      filter,
      { $set: { lastSignInAt: deps.clock.now() } },
      { session },
    );
    return matchedCount === 1;
  }
}
