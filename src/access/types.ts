/**
 * admin: account administrator of one enterprise; reader: sees everything of one enterprise and changes nothing;
 * operator: works the installation, over all enterprises unless one is named.
 */
export const ROLES = ['admin', 'reader', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who somebody is at Microsoft: nothing else of a sign-in there is evidence. */
export interface MicrosoftPerson {
  /** Lower-case GUIDs. */
  readonly tenantId: string;
  readonly objectId: string;
}

/** A password as it is kept: what scrypt made of it, and by which parameters. */
export interface PasswordHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  /** base64url */
  readonly salt: string;
  readonly hash: string;
}

export interface AccountRow {
  readonly _id: string;
  /** An e-mail address, as typed. */
  readonly userName: string;
  /** What user names are compared by: unique among the accounts that are not disabled. */
  readonly userNameKey: string;
  /** null: over all enterprises. */
  readonly enterpriseId: string | null;
  readonly role: Role;
  readonly displayName: string;
  readonly password: PasswordHash | null;
  readonly microsoft: MicrosoftPerson | null;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly lastSignInAt: Date | null;
  /** Sessions that began before are void. */
  readonly sessionsFrom: Date;
  /** When it last made a token for a program. */
  readonly lastTokenAt?: Date;
}

/** An account as ledger and audit log name it. */
export function whoIs({ userName }: Pick<AccountRow, 'userName'>): string {
  return `account:${userName}`;
}

/** Whose session it is: an account, or a person of the directory who is account administrator. */
export type SessionSubject =
  | { readonly kind: 'account'; readonly id: string }
  | ({ readonly kind: 'person'; readonly id: string } & MicrosoftPerson);

export interface SessionRow {
  /** SHA-256 of the token in the cookie: the row opens nothing. */
  readonly _id: string;
  readonly subject: SessionSubject;
  readonly createdAt: Date;
  /** Written at most once a minute. */
  readonly lastSeenAt: Date;
  /** The nearer of the idle and the absolute limit. */
  readonly expiresAt: Date;
}

export interface BearerTokenRow {
  readonly _id: string;
  /** SHA-256 of the token. */
  readonly hash: string;
  readonly name: string;
  readonly role: Role;
  /** null: over all enterprises. */
  readonly enterpriseId: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** Written at most once a minute. */
  readonly lastUsedAt: Date | null;
}

/** Who makes a request, and what they are here. */
export interface Principal {
  /** For ledger and audit log: `account:…`, `person:…` or `token:…`. */
  readonly who: string;
  readonly role: Role;
  /** null: over all enterprises. */
  readonly enterpriseId: string | null;
  /** null: a bearer token, or a person of the directory without an account. */
  readonly accountId: string | null;
  readonly via: 'session' | 'token';
  /** Of an account that can sign in with one. */
  readonly hasPassword: boolean;
  /** Of the account, person or token. */
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
}

export const ACCOUNTS = 'accounts';
export const SESSIONS = 'sessions';
export const BEARER_TOKENS = 'bearerTokens';
export const SIGN_IN_THROTTLES = 'signInThrottles';
