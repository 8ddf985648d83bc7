import { type GraphFailure, mayPass } from '../graph/graph-failure.js';
import type { PersonAnswer, Priority } from '../graph/types.js';
import type { Clock } from '../kernel/clock.js';
import type { Seen } from '../mirror/next-row.js';
import type { Ticket } from '../mirror/types.js';
import { attributesOf } from '../projection/attributes.js';
import type { GroupState } from '../projection/types.js';
import type { Gate, MappedGroups } from './may-work.js';
import type { Owner } from './owner.js';
import type { PersonRead } from './plan/decide.js';
import type { LoadDeps } from './plan/load-inputs.js';

/** What of a read is the same for everybody read with it. */
export type OwnRead = Omit<PersonRead, 'notified' | 'movesGroups'>;

export interface ReadResult {
  readonly reads: readonly OwnRead[];
  /** A read that failed says nothing about the person. */
  readonly failed: readonly { readonly objectId: string; readonly failure: GraphFailure }[];
}

export interface ReadRequest {
  readonly objectIds: readonly string[];
  readonly mapped: MappedGroups;
  readonly ticket: Ticket;
  readonly priority: Priority;
}

export interface ReadPeopleDeps extends LoadDeps {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly lagMs: number;
}

/** Reads people and their mapped groups; groups that somebody seems to have left are read after them (law L8). */
export async function readPeople(deps: ReadPeopleDeps, owner: Owner, request: ReadRequest): Promise<ReadResult> {
  const { objectIds, mapped, ticket, priority } = request;
  const { signal } = owner;
  const answers = await owner.graph.readPeople(objectIds, { mappedGroupIds: mapped.groupIds, priority, signal });
  const lost = await lostGroups(deps, owner, { answers, mapped });
  const { freshGroups, broken } = await readLostGroups(owner, lost);
  const moment = { ticket, at: deps.clock.now(), lagMs: deps.lagMs };
  const reads: OwnRead[] = [];
  const failed: { objectId: string; failure: GraphFailure }[] = [];
  for (const [objectId, answer] of answers) {
    // Whether they have left is not known: closed now, nobody would look at them again before the next run.
    const unclear = [...(lost.get(objectId) ?? [])].flatMap((groupId) => broken.get(groupId) ?? []);
    const failure = answer.status === 'failed' ? answer.failure : unclear[0];
    if (failure) failed.push({ objectId, failure });
    else if (answer.status !== 'failed') {
      const { revision } = mapped;
      const { requestId } = answer;
      reads.push({ objectId, seen: seenOf(answer), evidence: 'own_read', moment, freshGroups, revision, requestId });
    }
  }
  return { reads, failed };
}

/** Reads of one piece of work, which stay under way until all that came of them is applied (law L7). */
export interface WorkReads {
  read(objectIds: readonly string[]): Promise<ReadResult>;
  /** Linked people whose addresses somebody read wants; one who cannot be read now keeps the address. */
  readHolders(objectIds: readonly string[]): Promise<PersonRead[]>;
  /** Everybody read by `readHolders` so far. */
  readonly broughtIn: ReadonlySet<string>;
  done(): void;
}

export function startReads(
  deps: ReadPeopleDeps,
  owner: Owner,
  { mapped, movesGroups, priority }: { mapped: MappedGroups; movesGroups: boolean; priority: Priority },
): WorkReads {
  const tickets: Ticket[] = [];
  const broughtIn = new Set<string>();
  const read = (objectIds: readonly string[]) => {
    const ticket = owner.tickets.draw();
    tickets.push(ticket);
    return readPeople(deps, owner, { objectIds, mapped, ticket, priority });
  };
  return {
    read,
    readHolders: async (objectIds) => {
      const { reads } = await read(objectIds);
      for (const { objectId } of reads) broughtIn.add(objectId);
      return reads.map((each) => ({ ...each, notified: false, movesGroups }));
    },
    broughtIn,
    done: () => {
      for (const ticket of tickets) owner.tickets.done(ticket);
    },
  };
}

/** By person: mapped groups that they seem to have left. */
async function lostGroups(
  deps: ReadPeopleDeps,
  owner: Owner,
  { answers, mapped }: { answers: ReadonlyMap<string, PersonAnswer>; mapped: MappedGroups },
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const objectIds = [...answers.keys()];
  const rows = await deps.people.load({ tenantId: owner.tenantId, objectIds });
  const had = await deps.gate.groupsJustifying(owner, objectIds);
  const lost = new Map<string, ReadonlySet<string>>();
  for (const [objectId, answer] of answers) {
    if (answer.status !== 'present') continue;
    const inNow = new Set(answer.groupIds);
    const isLeaving = mapped.leaversGo && answer.groupIds.length === 0 && had.has(objectId);
    const known = [...(rows.get(objectId)?.groupIds ?? []), ...(had.get(objectId) ?? [])];
    const before = isLeaving ? [...known, ...mapped.groupIds] : known;
    lost.set(objectId, new Set(before.filter((groupId) => !inNow.has(groupId))));
  }
  return lost;
}

async function readLostGroups(
  { graph, signal }: Owner,
  lost: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<{ freshGroups: ReadonlyMap<string, GroupState>; broken: ReadonlyMap<string, GraphFailure> }> {
  const freshGroups = new Map<string, GroupState>();
  const broken = new Map<string, GraphFailure>();
  const groupIds = [...new Set([...lost.values()].flatMap((each) => [...each]))];
  const answers = groupIds.length === 0 ? [] : await graph.readGroups(groupIds, { signal });
  for (const [groupId, answer] of answers) {
    if (answer.status === 'present') freshGroups.set(groupId, answer.group.hiddenMembership ? 'hidden' : 'ok');
    else freshGroups.set(groupId, answer.status === 'absent' ? 'missing' : 'unreadable');
    if (answer.status === 'failed' && mayPass(answer.failure)) broken.set(groupId, answer.failure);
  }
  return { freshGroups, broken };
}

function seenOf(answer: Exclude<PersonAnswer, { status: 'failed' }>): Seen {
  switch (answer.status) {
    case 'present':
      return { state: 'present', attributes: attributesOf(answer.user), groupIds: answer.groupIds };
    case 'soft_deleted':
      return { state: 'soft_deleted' };
    case 'absent':
      return { state: 'absent' };
  }
}
