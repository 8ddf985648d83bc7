import type { ClientSession, Filter } from 'mongodb';
import { z } from 'zod';
import { AppError } from '../kernel/app-error.js';
import { normaliseGuid } from '../kernel/guid.js';
import { emailKeyOf, parseEmailAddress } from '../projection/email-address.js';
import { inTransaction } from '../store/in-transaction.js';
import { cursorText, readCursor } from '../store/pages/cursor.js';
import type { InstantPage } from '../store/pages/instant-pages.js';
import { isDuplicateKey } from '../store/transaction.js';
import { type AccessDeps, auditAccess } from './access-deps.js';
import { ACCOUNT_MICROSOFT } from './access-indexes.js';
import { revokeTokensBy } from './bearer-tokens.js';
import type { Passwords } from './passwords.js';
import { endSessionsOf } from './sessions.js';
import { ACCOUNTS, type AccountRow, type MicrosoftPerson, type Role } from './types.js';

/** Longest name to show, in characters. */
const DISPLAY_NAME_MAX_LENGTH = 100;

export interface NewAccount {
  /** An e-mail address. */
  readonly userName: string;
  /** Default: the user name. */
  readonly displayName?: string;
  readonly role: Role;
  /** null: over all enterprises, which only an operator can be. Whether it exists is the caller's to know. */
  readonly enterpriseId: string | null;
  /** null: signs in with Microsoft only. */
  readonly password: string | null;
  /** As somebody typed them. */
  readonly microsoft: MicrosoftPerson | null;
  readonly by: string;
}

/** The accounts of the portal. Each act is in the audit log. */
export interface Accounts {
  /** @throws AppError bad_user_name, user_name_taken, microsoft_taken, no_way_in, enterprise_missing, bad_guid, … */
  create(account: NewAccount): Promise<AccountRow>;
  /** By user name, disabled ones included. */
  list(): Promise<AccountRow[]>;
  /** The same, a page at a time. */
  page(wanted: AccountPageWanted): Promise<InstantPage<AccountRow>>;
  /** For good; its sessions and the tokens that it made end. @throws AppError account_not_found */
  disable(userName: string, by: string): Promise<Changed>;
  /** Its sessions end. @throws AppError account_not_found */
  setPassword(userName: string, password: string, by: string): Promise<AccountRow>;
  /** In place of the one that its owner has shown; null: it has another one by now. Its sessions end. */
  changePassword(shown: AccountRow, password: string, by: string): Promise<AccountRow | null>;
  /** Those below answer null where there is none that is not disabled. */
  ofUserName(userName: string): Promise<AccountRow | null>;
  byId(accountId: string): Promise<AccountRow | null>;
  /** `disabled`: there were accounts of this person, and none is left. */
  ofMicrosoft(person: MicrosoftPerson): Promise<AccountRow | 'disabled' | null>;
}

interface AccountPageWanted {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

const placeSchema = z.tuple([z.string(), z.string()]);
const BY_NAME = { userNameKey: 1, _id: 1 } as const;

interface Act {
  readonly what: string;
  readonly by: string;
}
type Change = Partial<Pick<AccountRow, 'disabledAt' | 'password'>>;

/** An account as it is by now, and how many tokens ended with that. */
export interface Changed {
  readonly row: AccountRow;
  readonly revokedTokens: number;
}

export function createAccounts(deps: AccessDeps & { readonly passwords: Passwords }): Accounts {
  const accounts = deps.store.collection<AccountRow>(ACCOUNTS);

  return {
    create,
    list: () => accounts.find().sort(BY_NAME).toArray(),
    page,
    disable,
    setPassword,
    changePassword,
    ofUserName,
    byId: (accountId) => accounts.findOne({ _id: accountId, disabledAt: null }),
    ofMicrosoft,
  };

  async function create(wanted: NewAccount): Promise<AccountRow> {
    const { address, key } = checkedUserName(wanted.userName);
    const microsoft = wanted.microsoft === null ? null : checkedPerson(wanted.microsoft);
    checkShape({ ...wanted, microsoft });
    const now = deps.clock.now();
    const row: AccountRow = {
      ...{ _id: deps.chance.guid(), userName: address, userNameKey: key },
      ...{ enterpriseId: wanted.enterpriseId, role: wanted.role, displayName: shownName(wanted, address), microsoft },
      password: wanted.password === null ? null : await deps.passwords.hash(wanted.password),
      ...{ disabledAt: null, createdAt: now, createdBy: wanted.by, lastSignInAt: null, sessionsFrom: now },
    };
    try {
      await inTransaction(deps, async (session) => {
        await accounts.insertOne(row, { session });
        await audit(session, row, { what: 'account.created', by: wanted.by });
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw taken(error, address);
      throw error;
    }
    return row;
  }

  async function page({ limit, after }: AccountPageWanted): Promise<InstantPage<AccountRow>> {
    const [userNameKey, id] = after === undefined ? ['', ''] : readCursor(after, placeSchema);
    const beyond = { $or: [{ userNameKey: { $gt: userNameKey } }, { userNameKey, _id: { $gt: id } }] };
    const found = await accounts
      .find(beyond)
      .sort(BY_NAME)
      .limit(limit + 1)
      .toArray();
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    return { rows, next: last && found.length > limit ? cursorText([last.userNameKey, last._id]) : null };
  }

  async function disable(userName: string, by: string): Promise<Changed> {
    return change(userName, { what: 'account.disabled', by }, { disabledAt: deps.clock.now() });
  }

  async function setPassword(userName: string, password: string, by: string): Promise<AccountRow> {
    const hash = await deps.passwords.hash(password);
    return (await change(userName, { what: 'account.password_set', by }, { password: hash })).row;
  }

  async function changePassword(shown: AccountRow, password: string, by: string): Promise<AccountRow | null> {
    const hash = await deps.passwords.hash(password);
    const filter = { _id: shown._id, 'password.hash': shown.password?.hash ?? '' };
    return (await changeWhere(filter, { what: 'account.password_changed', by }, { password: hash }))?.row ?? null;
  }

  async function change(userName: string, act: Act, set: Change): Promise<Changed> {
    const changed = await changeWhere({ userNameKey: emailKeyOf(userName) ?? '' }, act, set);
    if (changed === null) throw unknownAccount(userName);
    return changed;
  }

  /** Whatever changes who can be the account ends its sessions. */
  async function changeWhere(filter: Filter<AccountRow>, act: Act, set: Change): Promise<Changed | null> {
    return inTransaction(deps, async (session) => {
      const row = await accounts.findOneAndUpdate(
        { ...filter, disabledAt: null },
        { $set: { ...set, sessionsFrom: deps.clock.now() } },
        { session, returnDocument: 'after' },
      );
      if (row === null) return null;
      await endSessionsOf(deps, session, row._id);
      await audit(session, row, act);
      const revokedTokens =
        row.disabledAt === null ? 0 : await revokeTokensBy(deps, session, { maker: row, by: act.by });
      return { row, revokedTokens };
    });
  }

  async function ofUserName(userName: string): Promise<AccountRow | null> {
    const userNameKey = emailKeyOf(userName);
    return userNameKey === null ? null : accounts.findOne({ userNameKey, disabledAt: null });
  }

  async function ofMicrosoft({ tenantId, objectId }: MicrosoftPerson): Promise<AccountRow | 'disabled' | null> {
    const filter = { 'microsoft.tenantId': tenantId, 'microsoft.objectId': objectId };
    // Null sorts before every date: the one that is not disabled comes first.
    const row = await accounts.findOne(filter, { sort: { disabledAt: 1 } });
    return row === null || row.disabledAt === null ? row : 'disabled';
  }

  async function audit(session: ClientSession, row: AccountRow, act: Act): Promise<void> {
    const { _id: accountId, userName, role, enterpriseId, microsoft } = row;
    const after = { accountId, userName, role, microsoft, hasPassword: row.password !== null };
    await auditAccess(deps, session, { enterpriseId, who: act.by, what: act.what, before: null, after });
  }
}

function checkedUserName(userName: string) {
  const address = parseEmailAddress(userName);
  if (address !== null) return address;
  const text = 'The user name is no e-mail address: give one such as name@company.example.';
  throw new AppError('bad_user_name', text, { field: 'userName' });
}

function checkedPerson(person: MicrosoftPerson): MicrosoftPerson {
  const tenantId = normaliseGuid(person.tenantId);
  const objectId = normaliseGuid(person.objectId);
  if (tenantId !== null && objectId !== null) return { tenantId, objectId };
  const text = 'Tenant and object id are GUIDs: copy both from the Entra admin center (Overview; Users, Object ID).';
  throw new AppError('bad_guid', text, { field: tenantId === null ? 'microsoftTenant' : 'microsoftObjectId' });
}

function checkShape(wanted: Pick<NewAccount, 'enterpriseId' | 'role' | 'password' | 'microsoft'>): void {
  if (wanted.enterpriseId === null && wanted.role !== 'operator') {
    const text = `The role ${wanted.role} is for one enterprise: say which.`;
    throw new AppError('enterprise_missing', text, { field: 'enterprise' });
  }
  if (wanted.password !== null || wanted.microsoft !== null) return;
  throw new AppError('no_way_in', 'Give the account a password, a person at Microsoft, or both.', {
    field: 'password',
  });
}

function shownName(wanted: NewAccount, userName: string): string {
  const name = (wanted.displayName ?? '').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return name === '' ? userName : name.slice(0, DISPLAY_NAME_MAX_LENGTH);
}

function taken(error: unknown, userName: string): AppError {
  const isPerson = error instanceof Error && error.message.includes(ACCOUNT_MICROSOFT);
  if (isPerson) {
    const text = 'This person at Microsoft has an account already.';
    return new AppError('microsoft_taken', text, {
      status: 409,
      field: 'microsoftObjectId',
      command: 'ghs admin list',
    });
  }
  const text = `There is an account ${userName} already.`;
  return new AppError('user_name_taken', text, { status: 409, field: 'userName', command: 'ghs admin list' });
}

function unknownAccount(userName: string): AppError {
  const text = `There is no account ${userName} that is not disabled.`;
  return new AppError('account_not_found', text, { status: 404, field: 'user', command: 'ghs admin list' });
}
