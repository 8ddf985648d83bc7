import type { Changes } from '../changes/create-changes.js';
import { type ChangeRow, type Closing, MEMBER_HINTS_KEPT } from '../changes/types.js';
import { GraphFailure, isRefused } from '../graph/graph-failure.js';
import { messageOf } from '../kernel/app-error.js';
import type { Chance } from '../kernel/chance.js';
import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { FanOut, FanOutRequest } from '../mirror/fan-out.js';
import type { Groups } from '../mirror/groups-store.js';
import type { GroupRow, GroupRowState, Ticket } from '../mirror/types.js';
import type { Admission } from './admission/admission.js';
import { endsWork } from './admission/switched-off.js';
import type { Apply } from './apply.js';
import { CLOSED_POLL_MS, type Gate } from './may-work.js';
import type { Owner, OwnerWork } from './owner.js';
import type { UntilDue } from './pacing/until-due.js';
import { subscriptionsOf } from './people-work.js';
import { createSetAside } from './set-aside.js';

/** Graph tells of all groups of a tenant, of which few are mapped: as many as one transaction may close (law L4). */
const MOST_A_TURN = 200;
/** Each of these is several requests: what is more urgent, and a pause, are not kept waiting by more. */
const MOST_LOOKED_AT_A_TURN = 20;

export interface GroupsWorkDeps {
  readonly untilDue: UntilDue;
  readonly groups: Groups;
  readonly fanOut: FanOut;
  readonly changes: Changes;
  readonly apply: Apply;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly admission: Admission;
  /** Graph told something through these subscriptions: they are alive. */
  heard(tenantId: string, subscriptionIds: readonly string[], at: Date): Promise<void>;
  /** Asks for a catch-up of groups now: a notification did not name all members. */
  catchUpGroups(tenantId: string): Promise<void>;
}

/** A change with what is known of its group, and the ticket of the reading. */
interface Work {
  readonly change: ChangeRow;
  readonly row: GroupRow;
  readonly ticket: Ticket;
}

/** Takes noted groups, looks at them again and notes the people that their change is about (law L9). */
export function createGroupsWork(deps: GroupsWorkDeps): OwnerWork {
  const { changes, clock, gate } = deps;
  const setAside = createSetAside(deps);
  return {
    name: 'groups',
    run: async (owner) => {
      while (!owner.signal.aborted) {
        const isOpen = await gate.isOpen(owner);
        if (!isOpen) await clock.sleep(CLOSED_POLL_MS, owner.signal);
        else if ((await turn(owner)) === 0) await deps.untilDue.groups(owner.tenantId, owner.signal);
      }
    },
  };

  async function turn(owner: Owner): Promise<number> {
    const { tenantId } = owner;
    const due = await changes.takeDue({ tenantId, limit: MOST_A_TURN, now: clock.now(), kinds: ['group'] });
    if (due.length === 0) return 0;
    await deps.heard(tenantId, subscriptionsOf(due), clock.now());
    const mapped = new Set((await gate.mapped(owner))?.groupIds ?? []);
    const rows = await deps.groups.load(
      tenantId,
      due.map(({ objectId }) => objectId),
    );
    const isInScope = ({ objectId }: ChangeRow) =>
      mapped.size > 0 && (mapped.has(objectId) || (rows.get(objectId)?.above.length ?? 0) > 0);
    const outside = due.filter((change) => !isInScope(change));
    await close(owner, outside, 'outOfScope');
    for (const change of due.filter(isInScope).slice(0, MOST_LOOKED_AT_A_TURN))
      await handle(owner, change, rows.get(change.objectId) ?? mappedRow(tenantId, change.objectId));
    return due.length;
  }

  async function handle(owner: Owner, change: ChangeRow, row: GroupRow): Promise<void> {
    const { tenantId } = owner;
    const ticket = owner.tickets.draw();
    try {
      const noted = await fanOut(owner, { change, row, ticket });
      await close(owner, [change], noted > 0 ? 'applied' : 'unchanged');
      deps.log.info({ event: 'group.fanned_out', tenantId, groupId: row.groupId, noted, traceId: change.traceId });
    } catch (error) {
      if (endsWork(owner, error)) throw error;
      // One group that our own code cannot handle keeps no other waiting.
      if (!(error instanceof GraphFailure))
        await setAside.park(change, { code: 'internal', message: messageOf(error) });
      else if (isRefused(error)) await afterRefusal(owner, error, { change, row, ticket });
      else await setAside.afterFailure(change, error);
    } finally {
      owner.tickets.done(ticket);
    }
  }

  /**
   * The group may refuse by itself (E16), and is told of as a run tells of it once it is set aside. Where the consent is
   * lost, a round is refused as well, and that holds the tenant.
   */
  async function afterRefusal(
    { tenantId }: Owner,
    refusal: GraphFailure,
    { change, row, ticket }: Work,
  ): Promise<void> {
    if (change.attempts === 0) await deps.catchUpGroups(tenantId);
    const isSetAside = await setAside.afterFailure(change, refusal);
    const seen = { groupId: row.groupId, displayName: null, state: 'unreadable', ticket } as const;
    if (isSetAside) await deps.groups.keep(tenantId, [seen]);
  }

  async function fanOut(owner: Owner, { change, row, ticket }: Work): Promise<number> {
    const { tenantId, graph, signal } = owner;
    const { groupId } = row;
    const answer = await graph.readGroup(groupId, { signal });
    if (answer.status === 'failed') throw answer.failure;
    const state: GroupRowState =
      answer.status === 'absent' ? 'missing' : answer.group.hiddenMembership ? 'hidden' : 'ok';
    const displayName = answer.status === 'present' ? answer.group.displayName : null;
    if (change.notifiedAt) await deps.groups.told(tenantId, groupId, change.notifiedAt);
    const request: FanOutRequest = { graph, tenantId, signal, note: noteOf(change) };
    const noted = await noteBehind(request, { change, row, state });
    // Only now: tried again, the group must still be seen to have come back.
    await deps.groups.keep(tenantId, [{ groupId, displayName, state, ticket }]);
    return noted;
  }

  async function noteBehind(
    request: FanOutRequest,
    { change, row, state }: { change: ChangeRow; row: GroupRow; state: GroupRowState },
  ): Promise<number> {
    const isMapped = row.above.includes(row.groupId);
    const aboveIt = row.above.filter((groupId) => groupId !== row.groupId);
    // A mapped group that is gone is a broken mapping and takes nothing (E12); below it, others lose their way in.
    if (state === 'missing') return aboveIt.length > 0 ? deps.fanOut.holders(request, aboveIt) : 0;
    // Of one that only lies below nobody else asks whether its members can be read again.
    if (row.state !== 'ok' && (state === 'ok' || !isMapped)) return deps.fanOut.everyoneBelow(request, row.groupId);
    if (change.unhinted || change.memberIds.length > MEMBER_HINTS_KEPT) await deps.catchUpGroups(request.tenantId);
    if (change.memberIds.length === 0) return 0;
    const named = change.memberIds.map((id) => ({ id, type: null }));
    return deps.fanOut.members(request, named, row);
  }

  function close(owner: Owner, done: readonly ChangeRow[], outcome: Closing['outcome']): Promise<void> {
    return deps.apply.close(
      owner,
      done.map(({ _id: id, mark }) => ({ id, mark, outcome })),
    );
  }
}

function noteOf({ traceId, runId, round, toldAt }: ChangeRow): FanOutRequest['note'] {
  return {
    via: 'fan_out',
    ...(traceId === null ? {} : { traceId }),
    ...(runId === null ? {} : { runId }),
    ...(round === null ? {} : { round }),
    ...(toldAt === null ? {} : { toldAt }),
  };
}

function mappedRow(tenantId: string, groupId: string): GroupRow {
  const ticket = { epoch: 0, number: 0 };
  return { _id: `${tenantId}:${groupId}`, tenantId, groupId, displayName: null, state: 'ok', above: [groupId], ticket };
}
