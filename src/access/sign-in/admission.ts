import type { Accounts } from '../accounts.js';
import {
  type AccountRow,
  type MicrosoftPerson,
  type Principal,
  type SessionRow,
  type SessionSubject,
  whoIs,
} from '../types.js';

/** A person of the directory who is account administrator of the enterprise that proved their tenant last. */
export interface Administrator {
  readonly personId: string;
  readonly enterpriseId: string;
  readonly email: string | null;
  readonly name: string;
}

/** The account administrator who this person is, or null: the records and the integrations know. */
export type AdministratorOf = (person: MicrosoftPerson) => Promise<Administrator | null>;

/** Who is let in, and whether that still holds: asked at sign-in and again with every request. */
export interface Admission {
  /** Who a person at Microsoft is here, or null. An account decides, also where it is disabled. */
  admit(person: MicrosoftPerson): Promise<{ subject: SessionSubject; principal: Principal } | null>;
  /** Who a session's owner is by now, or null. */
  stillAdmitted(session: SessionRow): Promise<Principal | null>;
}

export function createAdmission(deps: {
  readonly accounts: Accounts;
  readonly administratorOf: AdministratorOf;
}): Admission {
  return { admit, stillAdmitted };

  async function admit(person: MicrosoftPerson) {
    const account = await deps.accounts.ofMicrosoft(person);
    if (account === 'disabled') return null;
    if (account !== null) {
      return { subject: { kind: 'account' as const, id: account._id }, principal: principalOf(account) };
    }
    const administrator = await deps.administratorOf(person);
    if (administrator === null) return null;
    const { tenantId, objectId } = person;
    const subject = { kind: 'person' as const, id: administrator.personId, tenantId, objectId };
    return { subject, principal: principalOfPerson(administrator) };
  }

  async function stillAdmitted({ subject, createdAt }: SessionRow): Promise<Principal | null> {
    if (subject.kind === 'account') {
      const account = await deps.accounts.byId(subject.id);
      return account === null || createdAt < account.sessionsFrom ? null : principalOf(account);
    }
    const admitted = await admit(subject);
    // An account made meanwhile has its own rights, which this session is not for.
    return admitted?.subject.kind === 'person' && admitted.subject.id === subject.id ? admitted.principal : null;
  }
}

/** What an account is in a session. */
export function principalOf(account: AccountRow): Principal {
  const { _id: id, userName, displayName, role, enterpriseId, password } = account;
  const named = { id, userName, displayName, hasPassword: password !== null };
  return { who: whoIs(account), role, enterpriseId, accountId: id, via: 'session', ...named };
}

function principalOfPerson({ personId: id, enterpriseId, email, name }: Administrator): Principal {
  const named = { id, userName: email ?? id, displayName: name, hasPassword: false };
  return { who: `person:${id}`, role: 'admin', enterpriseId, accountId: null, via: 'session', ...named };
}
