import type { DirectoryGroup, DirectoryUser, SimulatedClock } from '../types.js';
import { createDirectoryHistory, type DirectoryHistory } from './directory-history.js';

/** How to get back behind one change of a group. */
export type GroupUndo =
  | { readonly kind: 'state'; readonly before: DirectoryGroup | undefined }
  | { readonly kind: 'member'; readonly memberId: string; readonly added: boolean };

/** Ids of one kind in their stable order, with the place of each. */
export interface ObjectOrder {
  readonly ids: string[];
  readonly ordinals: number[];
}

/** The present objects of one tenant and what is needed to look an hour back. Nothing here decides or commits. */
export interface DirectoryState {
  readonly users: Map<string, DirectoryUser>;
  readonly groups: Map<string, DirectoryGroup>;
  /** The member sets that the groups show read-only. */
  readonly members: Map<string, Set<string>>;
  /** Groups that hold a user or group directly, soft-deleted groups included. */
  readonly parents: Map<string, Set<string>>;
  /** Lower-case user principal name of live users -> object id. */
  readonly principalNames: Map<string, string>;
  readonly order: { readonly users: ObjectOrder; readonly groups: ObjectOrder };
  readonly past: {
    readonly users: DirectoryHistory<DirectoryUser | undefined>;
    readonly groups: DirectoryHistory<GroupUndo>;
    readonly parents: DirectoryHistory<{ readonly groupId: string; readonly added: boolean }>;
  };
  /** Soft-deleted users and groups, the oldest deletion first -> when, in ms. */
  readonly softDeleted: Map<string, number>;
  /** False while the tenant is filled: what is put then has always been there. */
  remembering: boolean;
  /** Time of the next change in ms; never goes back. */
  nowMs(): number;
  /** The place for the next new object. */
  nextOrdinal(): number;
}

export function createDirectoryState(clock: SimulatedClock): DirectoryState {
  let latestMs = 0;
  let ordinal = 0;
  return {
    users: new Map(),
    groups: new Map(),
    members: new Map(),
    parents: new Map(),
    principalNames: new Map(),
    order: { users: { ids: [], ordinals: [] }, groups: { ids: [], ordinals: [] } },
    past: { users: createDirectoryHistory(), groups: createDirectoryHistory(), parents: createDirectoryHistory() },
    softDeleted: new Map(),
    remembering: false,
    nowMs: () => {
      latestMs = Math.max(latestMs, clock.nowMs());
      return latestMs;
    },
    nextOrdinal: () => ordinal++,
  };
}

export function putUser(state: DirectoryState, user: DirectoryUser): void {
  const before = state.users.get(user.id);
  if (state.remembering) state.past.users.note(user.id, state.nowMs(), before);
  if (before === undefined) append(state.order.users, user);
  else if (before.deletedAtMs === null) state.principalNames.delete(nameOf(before));
  if (user.deletedAtMs === null) state.principalNames.set(nameOf(user), user.id);
  state.users.set(user.id, user);
  noteDeletion(state, user);
}

/** Removes a user and its memberships for good. */
export function dropUser(state: DirectoryState, id: string): void {
  leaveAll(state, id);
  const user = state.users.get(id);
  if (user?.deletedAtMs === null) state.principalNames.delete(nameOf(user));
  state.past.users.note(id, state.nowMs(), user);
  state.users.delete(id);
  state.softDeleted.delete(id);
}

/** The members of the group stay as they are; those of `group` itself are not looked at. */
export function putGroup(state: DirectoryState, group: DirectoryGroup): void {
  const before = state.groups.get(group.id);
  if (state.remembering) state.past.groups.note(group.id, state.nowMs(), { kind: 'state', before });
  if (before === undefined) append(state.order.groups, group);
  const memberIds = state.members.get(group.id) ?? new Set<string>();
  state.members.set(group.id, memberIds);
  state.groups.set(group.id, { ...group, memberIds });
  noteDeletion(state, group);
}

/** Removes a group, its members' membership and its own memberships for good. */
export function dropGroup(state: DirectoryState, id: string): void {
  leaveAll(state, id);
  for (const memberId of [...(state.members.get(id) ?? [])]) unlink(state, id, memberId);
  state.past.groups.note(id, state.nowMs(), { kind: 'state', before: state.groups.get(id) });
  state.groups.delete(id);
  state.softDeleted.delete(id);
}

/** False where the membership was there already. */
export function link(state: DirectoryState, groupId: string, memberId: string): boolean {
  const memberIds = state.members.get(groupId);
  if (memberIds === undefined || memberIds.has(memberId)) return false;
  memberIds.add(memberId);
  const above = state.parents.get(memberId);
  if (above === undefined) state.parents.set(memberId, new Set([groupId]));
  else above.add(groupId);
  rememberLink(state, { groupId, memberId, added: true });
  return true;
}

/** False where there was no such membership. */
export function unlink(state: DirectoryState, groupId: string, memberId: string): boolean {
  if (state.members.get(groupId)?.delete(memberId) !== true) return false;
  state.parents.get(memberId)?.delete(groupId);
  rememberLink(state, { groupId, memberId, added: false });
  return true;
}

/** The key of a user in the index of principal names. */
export function nameOf(user: DirectoryUser): string {
  return String(user.properties['userPrincipalName']).toLowerCase();
}

function noteDeletion(state: DirectoryState, object: DirectoryUser | DirectoryGroup): void {
  if (object.deletedAtMs === null) state.softDeleted.delete(object.id);
  else state.softDeleted.set(object.id, object.deletedAtMs);
}

function leaveAll(state: DirectoryState, id: string): void {
  for (const groupId of [...(state.parents.get(id) ?? [])]) unlink(state, groupId, id);
}

function rememberLink(state: DirectoryState, change: { groupId: string; memberId: string; added: boolean }): void {
  if (!state.remembering) return;
  const { groupId, memberId, added } = change;
  state.past.groups.note(groupId, state.nowMs(), { kind: 'member', memberId, added });
  state.past.parents.note(memberId, state.nowMs(), { groupId, added });
}

function append(order: ObjectOrder, object: { readonly id: string; readonly ordinal: number }): void {
  order.ids.push(object.id);
  order.ordinals.push(object.ordinal);
}
