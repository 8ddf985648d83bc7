import type { Commit, DirectoryGroup } from '../types.js';
import { UnknownObject } from '../unknown-object.js';
import { UNSET_GROUP } from './directory-properties.js';
import { dropGroup, link, putGroup, unlink } from './directory-state.js';
import {
  changed,
  commit,
  directoryInstant,
  type EditContext,
  identified,
  type Properties,
  setNames,
  settable,
} from './edit-context.js';

export function createGroup(context: EditContext, given: Properties): Commit {
  const { id, ...own } = identified(context, given);
  const properties: Properties = {
    ...UNSET_GROUP,
    ...{ displayName: `Group ${id.slice(0, 8)}`, createdDateTime: directoryInstant(context), securityEnabled: true },
    ...{ mailEnabled: false, mailNickname: id.slice(0, 8) },
    ...settable(own, UNSET_GROUP),
    id,
  };
  const state = { id, properties, cleared: [], deletedAtMs: null, memberIds: new Set<string>() };
  const hiddenMembership = hidesMembers(properties);
  putGroup(context.state, { ...state, hiddenMembership, ordinal: context.state.nextOrdinal() });
  return commit(context, ['group', id], { changedProperties: setNames(properties) });
}

export function updateGroup(context: EditContext, id: string, edit: Properties): Commit {
  const group = liveGroup(context, id);
  const { names, properties, cleared } = changed(group, settable(edit, UNSET_GROUP));
  putGroup(context.state, { ...group, properties, cleared, hiddenMembership: hidesMembers(properties) });
  return commit(context, ['group', id], { changedProperties: names });
}

/** Only Microsoft 365 groups are kept for 30 days; a second deletion of those is for good. */
export function deleteGroup(context: EditContext, id: string, permanent: boolean): Commit {
  const group = context.state.groups.get(id);
  if (group === undefined) throw new UnknownObject(id, 'group');
  if (permanent || group.deletedAtMs !== null || !isMicrosoft365(group)) {
    dropGroup(context.state, id);
    return commit(context, ['group', id], { changeType: 'deleted' });
  }
  const properties = { ...group.properties, deletedDateTime: directoryInstant(context) };
  putGroup(context.state, { ...group, properties, deletedAtMs: context.state.nowMs() });
  return commit(context, ['group', id], { changedProperties: ['deletedDateTime'] });
}

export function restoreGroup(context: EditContext, id: string): Commit {
  const group = context.state.groups.get(id);
  if (group === undefined || group.deletedAtMs === null) throw new UnknownObject(id, 'deleted group');
  const properties = { ...group.properties, deletedDateTime: null };
  putGroup(context.state, { ...group, properties, deletedAtMs: null });
  return commit(context, ['group', id], { changedProperties: ['deletedDateTime'] });
}

export function addMember(context: EditContext, groupId: string, memberId: string): Commit {
  liveGroup(context, groupId);
  const { users, groups } = context.state;
  if (!users.has(memberId) && !groups.has(memberId)) throw new UnknownObject(memberId, 'user or group');
  const membersAdded = link(context.state, groupId, memberId) ? [memberId] : [];
  return commit(context, ['group', groupId], { membersAdded });
}

export function removeMember(context: EditContext, groupId: string, memberId: string): Commit {
  liveGroup(context, groupId);
  const membersRemoved = unlink(context.state, groupId, memberId) ? [memberId] : [];
  return commit(context, ['group', groupId], { membersRemoved });
}

/** Whether these properties are those of a group whose members are not to be seen. */
export function hidesMembers(properties: Readonly<Properties>): boolean {
  return properties['visibility'] === 'HiddenMembership';
}

function liveGroup(context: EditContext, id: string): DirectoryGroup {
  const group = context.state.groups.get(id);
  if (group?.deletedAtMs !== null) throw new UnknownObject(id, 'live group');
  return group;
}

function isMicrosoft365(group: DirectoryGroup): boolean {
  const types = group.properties['groupTypes'];
  return Array.isArray(types) && types.includes('Unified');
}
