import { type CreateAccessDeps, createAccess } from '../../../src/access/access.js';
import { ACCESS_INDEXES } from '../../../src/access/access-indexes.js';
import { createAccounts, type NewAccount } from '../../../src/access/accounts.js';
import { createBearerTokens } from '../../../src/access/bearer-tokens.js';
import { createPasswords } from '../../../src/access/passwords.js';
import type { SignIn } from '../../../src/graph/tokens/sign-in.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { createLog } from '../../../src/kernel/log.js';
import { AUDIT_LOG, type AuditRow } from '../../../src/store/audit-log.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

export const PUBLIC_URL = 'http://localhost:8080';
export const SECRETS = ['the first application secret, which signs', 'the second application secret, verifying'];
export const PASSWORD = 'correct horse battery';
export const BY = 'test@operator';
export const HOME = '192.0.2.1';

/**
 * Access on a database of its own, at 2100-01-01 00:00 UTC: mongod, which keeps real time, deletes nothing of it.
 * Signing in at Microsoft is not part of it.
 */
export async function openAccess() {
  const { store, drop } = await openTestStore();
  await ensureIndexes(store, [
    ...ACCESS_INDEXES,
    { collection: AUDIT_LOG, name: 'audit_enterprise', keys: { enterpriseId: 1 }, serves: 'the collection is there' },
  ]);
  const clock = createManualClock('2100-01-01T00:00:00.000Z');
  const deps = { store, clock, chance: systemChance, log: createLog('silent') };
  const passwords = createPasswords(deps);
  const accounts = createAccounts({ ...deps, passwords });
  const bearerTokens = createBearerTokens(deps);
  const parts = {
    ...{ ...deps, passwords, accounts, bearerTokens, appSecrets: SECRETS, publicUrl: PUBLIC_URL },
    signIn: nobodyAtMicrosoft,
    tenantOf: async () => null,
    administratorOf: async () => null,
  };
  const accessWith = (other: Partial<CreateAccessDeps> = {}) => createAccess({ ...parts, ...other });
  const access = accessWith();

  return {
    ...{ store, clock, deps, passwords, accounts, bearerTokens, access, accessWith, drop },
    anAccount: (account: Partial<NewAccount> & Pick<NewAccount, 'userName'>) =>
      accounts.create({
        ...{ role: 'admin', enterpriseId: 'acme', password: PASSWORD, microsoft: null, by: BY },
        ...account,
      }),
    signIn: (userName: string, typed: { password?: string; address?: string; replaces?: string } = {}) =>
      access.signIn({ userName, password: PASSWORD, address: HOME, replaces: undefined, ...typed }),
    /** In the order in which it was written. */
    audit: (enterpriseId: string) =>
      store.collection<AuditRow>(AUDIT_LOG).find({ enterpriseId }).sort({ $natural: 1 }).toArray(),
  };
}

const nobodyAtMicrosoft: Pick<SignIn, 'begin' | 'finish'> = {
  begin: () => {
    throw new Error('nobody signs in at Microsoft here');
  },
  finish: () => {
    throw new Error('nobody signs in at Microsoft here');
  },
};

export type AccessScene = Awaited<ReturnType<typeof openAccess>>;

/** The cookie of a sign-in that went well. */
export async function cookieFrom(signingIn: ReturnType<AccessScene['signIn']>): Promise<string> {
  const result = await signingIn;
  if (result.outcome !== 'signed_in') throw new Error(`not signed in: ${JSON.stringify(result)}`);
  return result.cookie;
}
