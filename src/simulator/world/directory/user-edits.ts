import { AppError } from '../../../kernel/app-error.js';
import type { Commit, DirectoryUser } from '../types.js';
import { UnknownObject } from '../unknown-object.js';
import { UNSET_USER } from './directory-properties.js';
import { dropUser, putUser } from './directory-state.js';
import {
  changed,
  commit,
  directoryInstant,
  type EditContext,
  emptyCommit,
  identified,
  type Properties,
  setNames,
  settable,
} from './edit-context.js';

type Mailbox = DirectoryUser['mailbox'];

export function createUser(context: EditContext, given: Properties, mailbox?: Mailbox): Commit {
  const { id, ...own } = identified(context, given);
  const properties: Properties = {
    ...UNSET_USER,
    ...{ createdDateTime: directoryInstant(context), accountEnabled: true, userType: 'Member' },
    ...{ userPrincipalName: `user-${id.slice(0, 8)}@${context.domain}`, displayName: displayNameFrom(own) },
    ...settable(own, UNSET_USER),
    id,
  };
  refuseTakenName(context, properties, id);
  const usual = typeof properties['mail'] === 'string' ? { timeZone: 'UTC', userPurpose: 'user' } : 'none';
  const state = { id, properties, cleared: [], deletedAtMs: null, mailbox: mailbox ?? usual };
  putUser(context.state, { ...state, ordinal: context.state.nextOrdinal() });
  return commit(context, ['user', id], { changedProperties: setNames(properties) });
}

/** A mailbox is no directory data: an edit of nothing else commits nothing. */
export function updateUser(
  context: EditContext,
  id: string,
  edit: { properties: Properties; mailbox?: Mailbox },
): Commit {
  const user = context.state.users.get(id);
  if (user?.deletedAtMs !== null) throw new UnknownObject(id, 'live user');
  const { names, properties, cleared } = changed(user, settable(edit.properties, UNSET_USER));
  refuseTakenName(context, properties, id);
  putUser(context.state, { ...user, properties, cleared, mailbox: edit.mailbox ?? user.mailbox });
  if (edit.mailbox === undefined || names.length > 0)
    return commit(context, ['user', id], { changedProperties: names });
  return { ...emptyCommit(context, 'user', id), sequence: context.log.latestSequence() };
}

/** A soft-deleted user gives up the principal name: Entra puts the object id in front of it. */
export function deleteUser(context: EditContext, id: string, permanent: boolean): Commit {
  const user = context.state.users.get(id);
  if (user === undefined || (user.deletedAtMs !== null && !permanent)) throw new UnknownObject(id, 'live user');
  if (permanent) {
    dropUser(context.state, id);
    return commit(context, ['user', id], { changeType: 'deleted' });
  }
  const userPrincipalName = `${id.replaceAll('-', '')}${String(user.properties['userPrincipalName'])}`;
  const properties = { ...user.properties, userPrincipalName, deletedDateTime: directoryInstant(context) };
  putUser(context.state, { ...user, properties, deletedAtMs: context.state.nowMs() });
  return commit(context, ['user', id], { changedProperties: ['userPrincipalName', 'deletedDateTime'] });
}

export function restoreUser(context: EditContext, id: string): Commit {
  const user = context.state.users.get(id);
  if (user === undefined || user.deletedAtMs === null) throw new UnknownObject(id, 'deleted user');
  const userPrincipalName = String(user.properties['userPrincipalName']).replace(id.replaceAll('-', ''), '');
  const properties = { ...user.properties, userPrincipalName, deletedDateTime: null };
  refuseTakenName(context, properties, id);
  putUser(context.state, { ...user, properties, deletedAtMs: null });
  return commit(context, ['user', id], { changedProperties: ['userPrincipalName', 'deletedDateTime'] });
}

function refuseTakenName(context: EditContext, properties: Readonly<Properties>, id: string): void {
  const holder = context.state.principalNames.get(String(properties['userPrincipalName']).toLowerCase());
  if (holder === undefined || holder === id) return;
  const options = { status: 409, field: 'userPrincipalName' };
  throw new AppError('name_taken', 'Another live user has this userPrincipalName; give another one.', options);
}

function displayNameFrom(own: Properties): string {
  const parts = [own['givenName'], own['surname']].filter((part) => typeof part === 'string');
  return parts.length > 0 ? parts.join(' ') : 'Unnamed';
}
