import { ACCOUNTS, type AccountRow } from '../access/types.js';
import { emailKeyOf } from '../projection/email-address.js';
import { USERS, type UserRow } from '../records/types.js';
import { NO_ENTERPRISE } from '../store/audit-log.js';
import type { Store } from '../store/connect.js';
import { EMAILS_MOST } from './notice-settings.js';
import type { NoticeSettingsRow } from './types.js';

export interface Recipient {
  readonly email: string;
  /** Record of an account administrator of the directory. */
  readonly userId: string | null;
}

/**
 * Who is told by e-mail: the addresses of the settings; where there are none, the account administrators of the
 * enterprise with and without an account, or for the installation the operators over all enterprises.
 */
export async function recipientsOf(store: Store, settings: NoticeSettingsRow): Promise<Recipient[]> {
  const { _id: enterpriseId, emails } = settings;
  if (emails.length > 0) return emails.map((email) => ({ email, userId: null }));
  const isInstallation = enterpriseId === NO_ENTERPRISE;
  const whose = isInstallation
    ? { enterpriseId: null, role: 'operator' as const }
    : { enterpriseId, role: 'admin' as const };
  const accounts = await store
    .collection<AccountRow>(ACCOUNTS)
    .find({ ...whose, disabledAt: null })
    .sort({ userNameKey: 1 })
    .limit(EMAILS_MOST)
    .toArray();
  const people = isInstallation ? [] : await administrators(store, enterpriseId);
  const all = [...accounts.map(({ userName }) => ({ email: userName, userId: null })), ...people];
  const byKey = new Map(all.toReversed().map((each) => [emailKeyOf(each.email), each]));
  byKey.delete(null);
  return [...byKey.values()].toReversed().slice(0, EMAILS_MOST);
}

async function administrators(store: Store, enterpriseId: string): Promise<Recipient[]> {
  const rows = await store
    .collection<UserRow>(USERS)
    .find({ enterpriseId, isAccountAdmin: true, status: { $ne: 'archived' }, email: { $ne: null } })
    .sort({ _id: 1 })
    .limit(EMAILS_MOST)
    .toArray();
  return rows.flatMap(({ _id, email }) => (email === null ? [] : [{ email, userId: _id }]));
}
