import { GraphFailure, isRefused } from '../../graph/graph-failure.js';
import type { GroupAnswer, TenantGraph } from '../../graph/types.js';
import type { GroupSeen } from '../../mirror/groups-store.js';
import type { Ticket } from '../../mirror/types.js';
import { createListed, type Listed } from './listed.js';

/** What is known after a page. */
export interface PageRead {
  /** Whom the page named. */
  readonly objectIds: readonly string[];
  readonly listed: Listed;
  readonly groups: ReadonlyMap<string, GroupSeen>;
}

export interface MappedGroupsRead {
  readonly listed: Listed;
  readonly groups: readonly GroupSeen[];
  /** Entries that Graph gave without an id or in a wrong shape. */
  readonly dropped: number;
}

export interface ReadMappedGroupsRequest {
  readonly graph: TenantGraph;
  readonly groupIds: readonly string[];
  readonly ticket: Ticket;
  readonly signal: AbortSignal;
  /** Called after each page. */
  onPage(page: PageRead): Promise<void>;
}

/** Groups read at the same time: a page takes Graph 200 ms or so, and the budget holds for all of them together. */
const GROUPS_AT_ONCE = 4;

/**
 * Reads the mapped groups and everybody below them. A failed read ends the run. A group that is gone, hidden or denied
 * does not (E12, E16): nothing is taken on its account, and the others go on. Where none is left, the app is denied.
 */
export async function readMappedGroups(request: ReadMappedGroupsRequest): Promise<MappedGroupsRead> {
  const { graph, ticket } = request;
  // What fails ends the whole reading: the others stop, too, instead of going on for nobody.
  const failed = new AbortController();
  const signal = AbortSignal.any([request.signal, failed.signal]);
  const listed = createListed();
  const groups = new Map<string, GroupSeen>();
  const denials: GraphFailure[] = [];
  let dropped = 0;
  const left = await usableGroups();
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, readNext)).catch((error: unknown) => {
    failed.abort(error);
    throw error;
  });
  const [denial] = denials;
  if (denial && ![...groups.values()].some(({ state }) => state === 'ok')) throw denial;
  return { listed, groups: [...groups.values()], dropped };

  async function readNext(): Promise<void> {
    for (let groupId = left.shift(); groupId !== undefined; groupId = left.shift()) {
      try {
        await readOne(groupId);
      } catch (error) {
        keep(groupId, { displayName: groups.get(groupId)?.displayName ?? null, state: stateAfter(error) });
      }
    }
  }

  /** All groups themselves first, in batches: which of them can be read, and what they are called. */
  async function usableGroups(): Promise<string[]> {
    const usable: string[] = [];
    for (const [groupId, answer] of await graph.readGroups(request.groupIds, { priority: 'run', signal })) {
      if (answer.status === 'failed') {
        keep(groupId, { displayName: null, state: stateAfter(answer.failure) });
        continue;
      }
      const group = groupSeenOf(groupId, answer, ticket);
      groups.set(groupId, group);
      if (group.state === 'ok') usable.push(groupId);
    }
    return usable;
  }

  async function readOne(groupId: string): Promise<void> {
    let memberCount = 0;
    for await (const page of graph.transitiveUsers(groupId, { priority: 'run', signal })) {
      dropped += page.dropped;
      memberCount += page.users.length;
      for (const user of page.users) listed.found(user, groupId);
      await request.onPage({ objectIds: page.users.map(({ id }) => id), listed, groups });
    }
    keep(groupId, { displayName: groups.get(groupId)?.displayName ?? null, state: 'ok', memberCount });
  }

  function keep(groupId: string, seen: Pick<GroupSeen, 'displayName' | 'state' | 'memberCount'>): void {
    groups.set(groupId, { groupId, ticket, ...seen });
  }

  /** What a group is whose read failed; throws what says nothing about the group itself. */
  function stateAfter(error: unknown): GroupSeen['state'] {
    if (!(error instanceof GraphFailure)) throw error;
    if (error.kind === 'not_found') return 'missing';
    if (!isRefused(error)) throw error;
    denials.push(error);
    return 'unreadable';
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
