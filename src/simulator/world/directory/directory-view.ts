import type { DirectoryGroup, DirectoryUser, DirectoryView } from '../types.js';
import { type DirectoryState, type GroupUndo, nameOf, type ObjectOrder } from './directory-state.js';
import { firstIndex } from './first-index.js';

const NONE: ReadonlySet<string> = new Set();

/** The directory as it is now. */
export function presentView(state: DirectoryState, sequence: number): DirectoryView {
  const user = (id: string) => state.users.get(id);
  const group = (id: string) => state.groups.get(id);
  return {
    ...{ sequence, user, group },
    userByPrincipalName: (principalName) => user(state.principalNames.get(principalName.toLowerCase()) ?? ''),
    users: (after = -1) => inOrder(state.order.users, after, user),
    groups: (after = -1) => inOrder(state.order.groups, after, group),
    parentsOf: (id) => liveOnly(state.parents.get(id) ?? NONE, group),
  };
}

/** The directory as it was at `cutoffMs`: present objects with later changes undone. */
export function pastView(state: DirectoryState, sequence: number, cutoffMs: number): DirectoryView {
  const groupsSeen = new Map<string, DirectoryGroup | undefined>();
  return {
    ...{ sequence, user, group, userByPrincipalName },
    users: (after = -1) => inOrder(state.order.users, after, user),
    groups: (after = -1) => inOrder(state.order.groups, after, group),
    parentsOf,
  };

  function user(id: string): DirectoryUser | undefined {
    const oldest = state.past.users.since(id, cutoffMs).at(-1);
    return oldest === undefined ? state.users.get(id) : oldest.undo;
  }

  function group(id: string): DirectoryGroup | undefined {
    if (!groupsSeen.has(id)) groupsSeen.set(id, rebuildGroup(state, id, cutoffMs));
    return groupsSeen.get(id);
  }

  function userByPrincipalName(principalName: string): DirectoryUser | undefined {
    const key = principalName.toLowerCase();
    const matches = (found: DirectoryUser | undefined) => found?.deletedAtMs === null && nameOf(found) === key;
    const holder = user(state.principalNames.get(key) ?? '');
    if (matches(holder)) return holder;
    for (const id of state.past.users.keys()) if (matches(user(id))) return user(id);
    return undefined;
  }

  function parentsOf(id: string): ReadonlySet<string> {
    const changes = state.past.parents.since(id, cutoffMs);
    const present = state.parents.get(id) ?? NONE;
    if (changes.length === 0) return liveOnly(present, group);
    const parents = new Set(present);
    for (const { undo } of changes) {
      if (undo.added) parents.delete(undo.groupId);
      else parents.add(undo.groupId);
    }
    return liveOnly(parents, group);
  }
}

function rebuildGroup(state: DirectoryState, id: string, cutoffMs: number): DirectoryGroup | undefined {
  const present = state.groups.get(id);
  const changes = state.past.groups.since(id, cutoffMs);
  if (changes.length === 0) return present;
  const oldest = changes.findLast(({ undo }) => undo.kind === 'state')?.undo;
  const group = oldest?.kind === 'state' ? oldest.before : present;
  if (group === undefined) return undefined;
  let memberIds: ReadonlySet<string> | null = null;
  // Copied only when asked for: whether a group is live is asked far more often.
  return Object.defineProperty({ ...group }, 'memberIds', {
    get: () => (memberIds ??= pastMembers(present, changes)),
  });
}

function pastMembers(
  group: DirectoryGroup | undefined,
  changes: readonly { readonly undo: GroupUndo }[],
): ReadonlySet<string> {
  const memberIds = new Set(group?.memberIds);
  for (const { undo } of changes) {
    if (undo.kind !== 'member') continue;
    if (undo.added) memberIds.delete(undo.memberId);
    else memberIds.add(undo.memberId);
  }
  return memberIds;
}

function liveOnly(ids: ReadonlySet<string>, group: (id: string) => DirectoryGroup | undefined): ReadonlySet<string> {
  for (const id of ids) {
    if (group(id)?.deletedAtMs !== null) return new Set([...ids].filter((each) => group(each)?.deletedAtMs === null));
  }
  return ids;
}

function* inOrder<T>(order: ObjectOrder, after: number, find: (id: string) => T | undefined): Iterable<T> {
  const first = firstIndex(order.ids.length, (index) => (order.ordinals[index] ?? Infinity) > after);
  for (let index = first; index < order.ids.length; index += 1) {
    const object = find(order.ids[index] ?? '');
    if (object !== undefined) yield object;
  }
}
