import type { DirectoryView, Tenant } from '../../world/types.js';
import type { DirectoryObject, ObjectKind } from '../odata/object-kind.js';
import type { DeltaRound } from './delta-token.js';

/** One object that a round tells of, before it is cut to a page. */
export interface DeltaItem {
  readonly id: string;
  /** Undefined where it was deleted for good. */
  readonly object: DirectoryObject | undefined;
  /** Its place in the round. */
  readonly place: number;
  /** Member id -> true for held, false for no longer held; empty where members are not asked for. */
  readonly members: ReadonlyMap<string, boolean>;
  /** Properties that changed; null: all count as changed. */
  readonly changed: ReadonlySet<string> | null;
}

interface Changes {
  readonly properties: Set<string>;
  readonly members: Map<string, boolean>;
}

const NO_MEMBERS: ReadonlyMap<string, boolean> = new Map();

/** Whether the round tells group members: by default, and where $select names them. */
export function tellsMembers(round: DeltaRound): boolean {
  return round.set === 'groups' && (round.select === null || round.select.includes('members'));
}

/** The objects of a round after its place, in its order. */
export function deltaItems(tenant: Tenant, view: DirectoryView, round: DeltaRound): Iterable<DeltaItem> {
  return round.from === null ? allItems(view, round) : changedItems(tenant, view, { ...round, from: round.from });
}

function* allItems(view: DirectoryView, round: DeltaRound): Iterable<DeltaItem> {
  const objects: Iterable<DirectoryObject> = round.set === 'users' ? view.users(round.place) : view.groups(round.place);
  for (const object of objects) {
    if (round.ids !== null && !round.ids.includes(object.id)) continue;
    const members = tellsMembers(round) ? presentMembers(view, object) : NO_MEMBERS;
    yield { id: object.id, object, place: object.ordinal, members, changed: null };
  }
}

/** Places of an incremental round count the changed objects, in the order in which they first changed. */
function* changedItems(tenant: Tenant, view: DirectoryView, round: DeltaRound & { from: number }): Iterable<DeltaItem> {
  const changes = [...collectChanges(tenant, round)];
  for (let place = round.place + 1; place < changes.length; place += 1) {
    const [id, { properties, members }] = changes[place] ?? ['', { properties: new Set(), members: NO_MEMBERS }];
    const object = objectOf(view, round, id);
    const toldMembers = tellsMembers(round) ? members : NO_MEMBERS;
    if (!concerns(round, properties) && toldMembers.size === 0) continue;
    const isNew = properties.has('id') || properties.has('deletedDateTime');
    const all = isNew && object !== undefined && tellsMembers(round);
    const item = { id, object, place, changed: isNew ? null : properties };
    yield { ...item, members: all ? new Map([...presentMembers(view, object), ...removedOf(members)]) : toldMembers };
  }
}

function collectChanges(tenant: Tenant, round: DeltaRound & { from: number }): ReadonlyMap<string, Changes> {
  const byId = new Map<string, Changes>();
  const kind = round.set === 'users' ? 'user' : 'group';
  for (const commit of tenant.commitsAfter(round.from)) {
    if (commit.sequence > round.to) break;
    if (commit.kind !== kind || (round.ids !== null && !round.ids.includes(commit.objectId))) continue;
    const changes = byId.get(commit.objectId) ?? { properties: new Set(), members: new Map() };
    byId.set(commit.objectId, changes);
    for (const name of commit.changedProperties) changes.properties.add(name);
    if (commit.changeType === 'deleted') changes.properties.add('id');
    for (const id of commit.membersAdded) changes.members.set(id, true);
    for (const id of commit.membersRemoved) changes.members.set(id, false);
  }
  return byId;
}

/** Only selected properties count; being made, deleted and restored always does. */
function concerns(round: DeltaRound, changed: ReadonlySet<string>): boolean {
  if (changed.has('id') || changed.has('deletedDateTime')) return true;
  return round.select === null ? changed.size > 0 : round.select.some((name) => changed.has(name));
}

function presentMembers(view: DirectoryView, object: DirectoryObject): ReadonlyMap<string, boolean> {
  if (!('memberIds' in object)) return NO_MEMBERS;
  const live = [...object.memberIds].filter((id) => (view.user(id) ?? view.group(id))?.deletedAtMs === null);
  return new Map(live.map((id) => [id, true]));
}

function removedOf(members: ReadonlyMap<string, boolean>): readonly [string, boolean][] {
  return [...members].filter(([, held]) => !held);
}

export function objectOf(view: DirectoryView, kind: Pick<ObjectKind, 'set'>, id: string): DirectoryObject | undefined {
  return kind.set === 'users' ? view.user(id) : view.group(id);
}
