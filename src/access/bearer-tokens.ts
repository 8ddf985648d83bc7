import type { ClientSession, Filter } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { DAY_MS } from '../kernel/clock.js';
import { hashOf } from '../kernel/secrets.js';
import { inTransaction } from '../store/in-transaction.js';
import { type InstantPage, instantPage } from '../store/pages/instant-pages.js';
import { type AccessDeps, auditAccess, SEEN_EVERY_MS } from './access-deps.js';
import { ACCOUNTS, type AccountRow, BEARER_TOKENS, type BearerTokenRow, type Role, whoIs } from './types.js';

/** How long a token is good for unless said otherwise, and at most. */
export const TOKEN_LIFE_MS = 90 * DAY_MS;
export const TOKEN_MOST_MS = 365 * DAY_MS;

/** Makes a token that was left lying about easy to find. */
const PREFIX = 'ghs_';
const TOKEN_BYTES = 32;
/** The prefix and 32 bytes of base64url. */
const SHAPE = /^ghs_[\w-]{43}$/;
const NAME_MAX_LENGTH = 100;

export interface NewBearerToken {
  readonly name: string;
  readonly role: Role;
  /** null: over all enterprises, which only an operator can be. Whether it exists is the caller's to know. */
  readonly enterpriseId: string | null;
  /** Milliseconds; default 90 days. */
  readonly lifeMs?: number;
  readonly by: string;
  /** Of whoever makes it, where that is an account. */
  readonly accountId?: string | null;
}

/** Tokens with which programs use the API. Each act is in the audit log. */
export interface BearerTokens {
  /** The token is told only now. @throws AppError enterprise_missing, bad_life, not_signed_in */
  create(wanted: NewBearerToken): Promise<{ token: string; row: BearerTokenRow }>;
  /** The newest first; those that have ended included. */
  list(): Promise<BearerTokenRow[]>;
  /** The same, a page at a time. */
  page(wanted: { readonly limit: number; readonly after?: string | undefined }): Promise<InstantPage<BearerTokenRow>>;
  /** @throws AppError token_not_found */
  revoke(tokenId: string, by: string): Promise<BearerTokenRow>;
  /** The row of a token that is in force; it is used by that. */
  use(token: string): Promise<BearerTokenRow | null>;
}

export function createBearerTokens(deps: AccessDeps): BearerTokens {
  const tokens = deps.store.collection<BearerTokenRow>(BEARER_TOKENS);

  return {
    create,
    list: () => tokens.find().sort({ createdAt: -1, _id: 1 }).toArray(),
    page: (wanted) => instantPage(tokens, { filter: {}, order: 'newest_first', by: 'createdAt', ...wanted }),
    revoke,
    use,
  };

  async function create(wanted: NewBearerToken) {
    const { role, enterpriseId, lifeMs = TOKEN_LIFE_MS, by, accountId = null } = wanted;
    if (enterpriseId === null && role !== 'operator') {
      const text = `The role ${role} is for one enterprise: say which.`;
      throw new AppError('enterprise_missing', text, { field: 'enterprise' });
    }
    if (!(lifeMs > 0 && lifeMs <= TOKEN_MOST_MS)) {
      throw new AppError('bad_life', 'A token is good for at most 365 days.', { field: 'expiresIn' });
    }
    const token = PREFIX + deps.chance.token(TOKEN_BYTES);
    const createdAt = deps.clock.now();
    const row: BearerTokenRow = {
      ...{ _id: deps.chance.guid(), hash: hashOf(token), name: nameOf(wanted.name, role), role, enterpriseId },
      ...{ createdAt, createdBy: by, expiresAt: new Date(createdAt.getTime() + lifeMs) },
      ...{ revokedAt: null, lastUsedAt: null },
    };
    await inTransaction(deps, async (session) => {
      if (accountId !== null) await writeMaker(accountId, session);
      await tokens.insertOne(row, { session });
      const after = { tokenId: row._id, name: row.name, role, expiresAt: row.expiresAt };
      await auditAccess(deps, session, { enterpriseId, who: by, what: 'token.created', before: null, after });
    });
    return { token, row };
  }

  /** Written, so that disabling the account at this instant is ordered with it. */
  async function writeMaker(accountId: string, session: ClientSession): Promise<void> {
    const accounts = deps.store.collection<AccountRow>(ACCOUNTS);
    const made = { $set: { lastTokenAt: deps.clock.now() } };
    const { matchedCount } = await accounts.updateOne({ _id: accountId, disabledAt: null }, made, { session });
    if (matchedCount === 0) throw new AppError('not_signed_in', 'Your account was disabled.', { status: 401 });
  }

  async function revoke(tokenId: string, by: string): Promise<BearerTokenRow> {
    return inTransaction(deps, async (session) => {
      const row = await revokeOne(deps, session, { filter: { _id: tokenId }, by });
      if (row === null) throw unknownToken(tokenId);
      return row;
    });
  }

  async function use(token: string): Promise<BearerTokenRow | null> {
    if (!SHAPE.test(token)) return null;
    const now = deps.clock.now();
    const row = await tokens.findOne({ hash: hashOf(token), revokedAt: null, expiresAt: { $gt: now } });
    if (row !== null && now.getTime() - (row.lastUsedAt?.getTime() ?? 0) >= SEEN_EVERY_MS) {
      await tokens.updateOne({ _id: row._id }, { $set: { lastUsedAt: now } });
    }
    return row;
  }
}

/** Ends the tokens in force that an account made, in the transaction of what ends them; answers how many. */
export async function revokeTokensBy(
  deps: AccessDeps,
  session: ClientSession,
  { maker, by }: { maker: AccountRow; by: string },
): Promise<number> {
  const filter = { createdBy: whoIs(maker), expiresAt: { $gt: deps.clock.now() } };
  let revoked = 0;
  while ((await revokeOne(deps, session, { filter, by })) !== null) revoked += 1;
  return revoked;
}

/** One that is not revoked yet, with its line in the audit log. */
async function revokeOne(
  deps: AccessDeps,
  session: ClientSession,
  { filter, by }: { filter: Filter<BearerTokenRow>; by: string },
): Promise<BearerTokenRow | null> {
  const row = await deps.store
    .collection<BearerTokenRow>(BEARER_TOKENS)
    .findOneAndUpdate(
      { ...filter, revokedAt: null },
      { $set: { revokedAt: deps.clock.now() } },
      { session, returnDocument: 'after' },
    );
  if (row === null) return null;
  const { _id: tokenId, enterpriseId, name, role } = row;
  const after = { tokenId, name, role };
  await auditAccess(deps, session, { enterpriseId, who: by, what: 'token.revoked', before: null, after });
  return row;
}

function nameOf(name: string, role: Role): string {
  const tidy = name.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return tidy === '' ? role : tidy.slice(0, NAME_MAX_LENGTH);
}

function unknownToken(tokenId: string): AppError {
  const text = `There is no token ${tokenId} in force.`;
  return new AppError('token_not_found', text, { status: 404, field: 'token', command: 'ghs token list' });
}
