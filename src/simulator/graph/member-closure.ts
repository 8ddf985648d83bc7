import type { DirectoryGroup, DirectoryView, Tenant } from '../world/types.js';
import { findMember } from './find-object.js';
import type { DirectoryObject } from './odata/object-kind.js';

/** The last closure a tenant was asked for: its pages are read one after the other. */
const lastClosure = new WeakMap<Tenant, { readonly key: string; readonly objects: readonly DirectoryObject[] }>();

/** Direct or transitive members of a group, live ones only, in the tenant's stable order, each once. */
export function membersOf(
  tenant: Tenant,
  view: DirectoryView,
  options: { group: DirectoryGroup; transitive: boolean; seesHidden: boolean },
): readonly DirectoryObject[] {
  const { group, transitive, seesHidden } = options;
  const key = `${group.id} ${transitive} ${seesHidden} ${view.sequence}`;
  const known = lastClosure.get(tenant);
  if (known?.key === key) return known.objects;
  const ids = transitive ? closure(view, group, seesHidden) : group.memberIds;
  const objects: DirectoryObject[] = [];
  for (const id of ids) {
    const member = findMember(view, id);
    if (member !== undefined) objects.push(member);
  }
  objects.sort((a, b) => a.ordinal - b.ordinal);
  lastClosure.set(tenant, { key, objects });
  return objects;
}

/** Everything below a group; cycles end where they began, and the group is no member of itself. */
function closure(view: DirectoryView, root: DirectoryGroup, seesHidden: boolean): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [root];
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    if (group.hiddenMembership && !seesHidden) continue;
    for (const id of group.memberIds) {
      if (id === root.id || found.has(id)) continue;
      found.add(id);
      const child = view.group(id);
      if (child?.deletedAtMs === null) open.push(child);
    }
  }
  return found;
}

/** Ids of the live groups above a user or group, at any height. */
export function groupsAbove(view: DirectoryView, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [id];
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    for (const parent of view.parentsOf(below)) {
      if (found.has(parent)) continue;
      found.add(parent);
      open.push(parent);
    }
  }
  found.delete(id);
  return found;
}
