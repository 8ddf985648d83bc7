import type { Changes } from '../changes/create-changes.js';
import type { Note } from '../changes/types.js';
import { GraphFailure, isRefused } from '../graph/graph-failure.js';
import type { TenantGraph } from '../graph/types.js';
import type { Groups } from './groups-store.js';
import type { People } from './people-store.js';
import type { GroupRow } from './types.js';

/** Entries and notes for one bulk. */
const BULK = 1_000;

export interface NamedMember {
  readonly id: string;
  /** null: the hint does not say. */
  readonly type: 'user' | 'group' | 'other' | null;
  /** Named as taken out; left out: the hint does not say. */
  readonly removed?: boolean;
}

export interface FanOutDeps {
  readonly people: People;
  readonly groups: Groups;
  readonly changes: Changes;
}

export interface FanOutRequest {
  readonly graph: TenantGraph;
  readonly tenantId: string;
  readonly note: Pick<Note, 'via'> & Partial<Note>;
  readonly signal: AbortSignal;
}

export interface FanOut {
  /** Notes the people that a membership change of a group in scope names, and those behind a nested group it names. */
  members(request: FanOutRequest, members: readonly NamedMember[], group: GroupRow): Promise<number>;
  /** Notes everybody who now holds one of the groups. */
  holders(request: FanOutRequest, groupIds: readonly string[]): Promise<number>;
  /** Notes everybody who is below a group at Graph. */
  everyoneBelow(request: FanOutRequest, groupId: string): Promise<number>;
  /** Reads again which groups lie below the mapped ones. */
  readBelow(request: Pick<FanOutRequest, 'graph' | 'tenantId' | 'signal'>, mappedIds: readonly string[]): Promise<void>;
}

/**
 * Turns "this group's membership changed" into notes for people (law L9). For each person the entry in the mirror and
 * the note are written before anything is read (law L10).
 */
export function createFanOut({ people, groups, changes }: FanOutDeps): FanOut {
  return { members, holders, everyoneBelow, readBelow };

  async function members(request: FanOutRequest, hint: readonly NamedMember[], group: GroupRow): Promise<number> {
    const typed = await withTypes(request, hint);
    const users = typed.filter(({ type }) => type === 'user').map(({ id }) => id);
    const groupsNamed = typed.filter(({ type }) => type === 'group');
    const nested = groupsNamed.map(({ id }) => id);
    // Gone from the directory: people are known by their rows, and a deleted group by the groups it lay below.
    const gone = typed.filter(({ type }) => type === null).map(({ id }) => id);
    const known = await people.load({ tenantId: request.tenantId, objectIds: gone });
    // Whom Graph named is looked at again where the read shows nothing new (law L7). Not so everybody behind a nested
    // group, who may be thousands: the next round names that group once more, and has all of them read again.
    const named = { ...request, note: { ...request.note, named: request.note.toldAt !== undefined } };
    let noted = await noteAll(named, [...users, ...known.keys()]);
    if (nested.length > 0 || gone.length > known.size) {
      await readBelow(request, await readable(request.tenantId, group.above));
      for (const each of groupsNamed) noted += await everyoneBehind(request, each);
      // A group that was taken out: those who hold a mapped group above it may have been in through it.
      const stillBelow = await groups.load(request.tenantId, nested);
      const takenOut = nested.some((id) => !group.above.some((above) => stillBelow.get(id)?.above.includes(above)));
      if (takenOut || gone.length > known.size) noted += await holders(request, group.above);
    }
    return noted;
  }

  /** What lies below a group that cannot be read stays as it is known. */
  async function readable(tenantId: string, groupIds: readonly string[]): Promise<string[]> {
    const rows = await groups.load(tenantId, groupIds);
    return groupIds.filter((id) => (rows.get(id)?.state ?? 'ok') === 'ok');
  }

  /**
   * A group that was taken out because it is deleted has nobody any more: whoever was in through it holds one above. One
   * that refuses to show its members is looked at by itself, so that nobody else waits (E16).
   */
  async function everyoneBehind(request: FanOutRequest, { id, removed }: NamedMember): Promise<number> {
    try {
      return await everyoneBelow(request, id);
    } catch (error) {
      if (removed && error instanceof GraphFailure && error.kind === 'not_found') return 0;
      if (!isRefused(error)) throw error;
      const { tenantId, note } = request;
      await groups.refused(tenantId, id);
      await changes.note([{ notified: 0, ...note, tenantId, kind: 'group', objectId: id, memberIds: [] }]);
      return 0;
    }
  }

  async function withTypes(request: FanOutRequest, named: readonly NamedMember[]): Promise<NamedMember[]> {
    const untyped = named.filter(({ type }) => type === null).map(({ id }) => id);
    const typed = named.filter(({ type }) => type !== null);
    if (untyped.length === 0) return typed;
    const rows = await people.load({ tenantId: request.tenantId, objectIds: untyped });
    const unknown = untyped.filter((id) => !rows.has(id));
    const { signal } = request;
    const found = unknown.length === 0 ? [] : await request.graph.getByIds(unknown, ['user', 'group'], { signal });
    const typeOf = new Map(found.map(({ id, type }) => [id, type]));
    const told = untyped.map((id) => ({ id, type: rows.has(id) ? ('user' as const) : (typeOf.get(id) ?? null) }));
    return [...typed, ...told];
  }

  async function holders(request: FanOutRequest, groupIds: readonly string[]): Promise<number> {
    let noted = 0;
    let bulk: string[] = [];
    for await (const objectId of people.holders(request.tenantId, groupIds)) {
      bulk.push(objectId);
      if (bulk.length === BULK) {
        noted += await noteAll(request, bulk);
        bulk = [];
      }
    }
    return noted + (await noteAll(request, bulk));
  }

  async function everyoneBelow(request: FanOutRequest, groupId: string): Promise<number> {
    let noted = 0;
    const { signal } = request;
    for await (const page of request.graph.transitiveUsers(groupId, { select: ['id'], priority: 'catch_up', signal }))
      noted += await noteAll(
        request,
        page.users.map(({ id }) => id),
      );
    return noted;
  }

  async function readBelow(
    { graph, tenantId, signal }: Pick<FanOutRequest, 'graph' | 'tenantId' | 'signal'>,
    mappedIds: readonly string[],
  ): Promise<void> {
    await groups.setBelow(tenantId, await graph.nestedGroups(mappedIds, { signal }));
  }

  async function noteAll({ tenantId, note }: FanOutRequest, objectIds: readonly string[]): Promise<number> {
    if (objectIds.length === 0) return 0;
    await people.enter(tenantId, objectIds);
    await changes.note(objectIds.map((objectId) => ({ notified: 0, ...note, tenantId, kind: 'user', objectId })));
    return objectIds.length;
  }
}
