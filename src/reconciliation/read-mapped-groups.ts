import type { GroupAnswer, TenantGraph } from '../graph/types.js';
import type { GroupSeen } from '../mirror/groups-store.js';
import type { Ticket } from '../mirror/types.js';
import { attributesOf } from '../projection/attributes.js';
import type { Attributes } from '../projection/types.js';

export interface ListedPerson {
  readonly attributes: Attributes;
  readonly groupIds: string[];
}

export interface MappedGroupsRead {
  /** Everybody below a mapped group, by object id. */
  readonly listed: ReadonlyMap<string, ListedPerson>;
  readonly groups: readonly GroupSeen[];
  /** Entries that Graph gave without an id or in a wrong shape. */
  readonly dropped: number;
}

export interface ReadMappedGroupsRequest {
  readonly graph: TenantGraph;
  readonly groupIds: readonly string[];
  readonly ticket: Ticket;
  readonly signal: AbortSignal;
  /** Called after each page with how many people are known so far. */
  onPage(people: number): Promise<void>;
}

/** Groups read at the same time: a page takes Graph 200 ms or so, and the budget holds for all of them together. */
const GROUPS_AT_ONCE = 4;

/** Reads the mapped groups and everybody below them. A failed read ends the run; a missing group does not (E12). */
export async function readMappedGroups(request: ReadMappedGroupsRequest): Promise<MappedGroupsRead> {
  const { graph, ticket } = request;
  // What fails ends the whole reading: the others stop, too, instead of going on for nobody.
  const failed = new AbortController();
  const signal = AbortSignal.any([request.signal, failed.signal]);
  const listed = new Map<string, ListedPerson>();
  const groups: GroupSeen[] = [];
  let dropped = 0;
  const left = await usableGroups();
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, readNext)).catch((error: unknown) => {
    failed.abort(error);
    throw error;
  });
  return { listed, groups, dropped };

  async function readNext(): Promise<void> {
    for (let groupId = left.shift(); groupId !== undefined; groupId = left.shift()) await readOne(groupId);
  }

  /** All groups themselves first, in batches: which of them can be read, and what they are called. */
  async function usableGroups(): Promise<string[]> {
    const usable: string[] = [];
    for (const [groupId, answer] of await graph.readGroups(request.groupIds, { priority: 'run', signal })) {
      if (answer.status === 'failed') throw answer.failure;
      const group = groupSeenOf(groupId, answer, ticket);
      groups.push(group);
      if (group.state === 'ok') usable.push(groupId);
    }
    return usable;
  }

  async function readOne(groupId: string): Promise<void> {
    for await (const page of graph.transitiveUsers(groupId, { priority: 'run', signal })) {
      dropped += page.dropped;
      for (const user of page.users) {
        const known = listed.get(user.id);
        if (known) known.groupIds.push(groupId);
        else listed.set(user.id, { attributes: attributesOf(user), groupIds: [groupId] });
      }
      await request.onPage(listed.size);
    }
  }
}

/** What an answer says of a group. */
export function groupSeenOf(
  groupId: string,
  answer: Exclude<GroupAnswer, { status: 'failed' }>,
  ticket: Ticket,
): GroupSeen {
  const group = answer.status === 'present' ? answer.group : null;
  const state = group === null ? 'missing' : group.hiddenMembership ? 'hidden' : 'ok';
  return { groupId, displayName: group?.displayName ?? null, state, ticket };
}
