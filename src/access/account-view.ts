import type { AccountRow, BearerTokenRow } from './types.js';

/** An account as it is shown: whether it has a password, and nothing of the password. */
export function accountView(row: AccountRow) {
  const { _id: id, userName, displayName, role, enterpriseId, microsoft } = row;
  const { createdAt, createdBy, lastSignInAt, disabledAt, password } = row;
  const times = { createdAt, createdBy, lastSignInAt, disabledAt };
  return { id, userName, displayName, role, enterpriseId, microsoft, hasPassword: password !== null, ...times };
}

/** A token as it is shown: the token itself is told only when it is made. */
export function tokenView({ hash: _hash, _id: id, ...row }: BearerTokenRow) {
  return { id, ...row };
}
