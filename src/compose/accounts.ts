import { type Accounts, createAccounts } from '../access/accounts.js';
import { type BearerTokens, createBearerTokens } from '../access/bearer-tokens.js';
import { createPasswords, type Passwords } from '../access/passwords.js';
import type { Services } from '../compose.js';

export { accountView, tokenView } from '../access/account-view.js';
export { ROLES } from '../access/types.js';

/** Who may use the portal and its API: the part that needs nothing but the database. */
export interface AccountServices {
  readonly passwords: Passwords;
  readonly accounts: Accounts;
  readonly bearerTokens: BearerTokens;
}

export function composeAccounts(base: Pick<Services, 'store' | 'clock' | 'chance' | 'log'>): AccountServices {
  const passwords = createPasswords(base);
  return { passwords, accounts: createAccounts({ ...base, passwords }), bearerTokens: createBearerTokens(base) };
}
