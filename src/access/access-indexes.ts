import type { IndexDefinition } from '../store/indexes.js';
import { ACCOUNTS, BEARER_TOKENS, SESSIONS, SIGN_IN_THROTTLES } from './types.js';

/** The name that a clash over a person at Microsoft is known by. */
export const ACCOUNT_MICROSOFT = 'account_microsoft';

const goneWithItsEnd = { expireAfterSeconds: 0 };

/** The indexes of access, for `ensureIndexes`. Unique ones are so among accounts not disabled: those have no date. */
export const ACCESS_INDEXES: readonly IndexDefinition[] = [
  {
    collection: ACCOUNTS,
    name: 'account_user_name',
    keys: { userNameKey: 1, disabledAt: 1 },
    options: { unique: true },
    serves: 'one account for a user name; the account that signs in',
  },
  {
    collection: ACCOUNTS,
    name: ACCOUNT_MICROSOFT,
    keys: { 'microsoft.objectId': 1, 'microsoft.tenantId': 1, disabledAt: 1 },
    options: { unique: true, partialFilterExpression: { 'microsoft.objectId': { $exists: true } } },
    serves: 'one account for a person at Microsoft; the accounts of who signed in there',
  },
  {
    collection: ACCOUNTS,
    name: 'account_list',
    keys: { userNameKey: 1, _id: 1 },
    serves: 'the list of accounts, a page at a time',
  },
  {
    collection: BEARER_TOKENS,
    name: 'token_list',
    keys: { createdAt: -1 },
    serves: 'the list of tokens, the newest first, a page at a time',
  },
  {
    collection: SESSIONS,
    name: 'session_subject',
    keys: { 'subject.id': 1 },
    serves: 'the sessions of an account or person, to end them',
  },
  {
    collection: SESSIONS,
    name: 'session_end',
    keys: { expiresAt: 1 },
    options: goneWithItsEnd,
    serves: 'sessions that have ended go by themselves',
  },
  {
    collection: BEARER_TOKENS,
    name: 'token_hash',
    keys: { hash: 1 },
    options: { unique: true },
    serves: 'the token of a request',
  },
  {
    collection: SIGN_IN_THROTTLES,
    name: 'sign_in_throttle_end',
    keys: { expiresAt: 1 },
    options: goneWithItsEnd,
    serves: 'failed sign-ins are forgotten after a day',
  },
];
