import type { Changes } from '../changes/create-changes.js';
import { MEMBER_HINTS_KEPT } from '../changes/types.js';
import { GraphFailure, isRefused } from '../graph/graph-failure.js';
import type { DeltaKind, DeltaMember, DeltaObject, DeltaReset, DeltaStep, TenantGraph } from '../graph/types.js';
import type { Clock } from '../kernel/clock.js';
import type { FanOut, FanOutRequest } from './fan-out.js';
import type { Groups } from './groups-store.js';
import type { People } from './people-store.js';
import type { GroupRow } from './types.js';

export interface DeltaRoundDeps {
  readonly people: People;
  readonly groups: Groups;
  readonly fanOut: FanOut;
  readonly changes: Changes;
  readonly clock: Clock;
  /** How far replicas may be behind (law L7). */
  readonly lagMs: number;
  /** Which of these have a record, whatever the mirror knows of them. */
  linked(of: { enterpriseId: string; tenantId: string }, objectIds: readonly string[]): Promise<readonly string[]>;
}

export interface DeltaRoundRequest {
  readonly graph: TenantGraph;
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly round: number;
  readonly signal: AbortSignal;
}

export type DeltaRoundResult =
  | { readonly outcome: 'ended'; readonly link: string; readonly named: number; readonly noted: number }
  | { readonly outcome: 'reset'; readonly reason: DeltaReset['reason'] | 'no_link' };

/**
 * Asks delta which objects changed and notes those in scope. Delta only names (law L2): nothing that it says of an
 * object is kept. The new link is the caller's to store, once everything here has been noted.
 */
export async function readDeltaRound(
  deps: DeltaRoundDeps,
  { kind, link }: { kind: DeltaKind; link: string },
  request: DeltaRoundRequest,
): Promise<DeltaRoundResult> {
  const { graph, signal } = request;
  let named = 0;
  let noted = 0;
  for await (const step of graph.deltaRound(kind, link, { priority: 'catch_up', signal })) {
    const end = endOf(step);
    if (end) return end.outcome === 'reset' ? end : { ...end, named, noted };
    if (step.step !== 'page') continue;
    named += step.objects.length;
    noted +=
      kind === 'users' ? await noteUsers(deps, step.objects, request) : await noteGroups(deps, step.objects, request);
  }
  return { outcome: 'reset', reason: 'no_link' };
}

function endOf(
  step: DeltaStep,
): { outcome: 'ended'; link: string } | Extract<DeltaRoundResult, { outcome: 'reset' }> | null {
  switch (step.step) {
    case 'page':
      return null;
    case 'end':
      return { outcome: 'ended', link: step.link };
    case 'reset':
      return { outcome: 'reset', reason: step.reason };
  }
}

async function noteUsers(
  { linked, people, changes }: DeltaRoundDeps,
  objects: readonly DeltaObject[],
  { enterpriseId, tenantId, round }: DeltaRoundRequest,
): Promise<number> {
  const ids = objects.map(({ id }) => id);
  const rows = await people.load({ tenantId, objectIds: ids });
  const inScope = new Set([...rows.keys(), ...(await linked({ enterpriseId, tenantId }, ids))]);
  const about = objects.filter(({ id }) => inScope.has(id));
  await changes.note(
    about.map(({ id, removed }) => ({
      tenantId,
      kind: 'user',
      objectId: id,
      via: 'catch_up',
      notified: 0,
      round,
      removed: removed !== null,
    })),
  );
  return about.length;
}

async function noteGroups(
  deps: DeltaRoundDeps,
  objects: readonly DeltaObject[],
  { graph, tenantId, round, signal }: DeltaRoundRequest,
): Promise<number> {
  const { groups, changes } = deps;
  const rows = await groups.load(
    tenantId,
    objects.map(({ id }) => id),
  );
  let noted = 0;
  for (const object of objects) {
    const row = rows.get(object.id);
    if (!row || row.above.length === 0) continue;
    const request: FanOutRequest = { graph, tenantId, signal, note: { via: 'catch_up', round } };
    if (object.members) noted += await noteMembers(deps, { request, row, members: object.members });
    else {
      const removed = object.removed !== null;
      await changes.note([
        { tenantId, kind: 'group', objectId: object.id, via: 'catch_up', notified: 0, round, removed, memberIds: [] },
      ]);
      noted += 1;
    }
  }
  return noted;
}

/** A group that Graph says nothing of, such as one that was deleted meanwhile, is looked at by itself: no round waits. */
async function noteMembers(
  { fanOut, changes, clock, lagMs }: DeltaRoundDeps,
  { request, row, members }: { request: FanOutRequest; row: GroupRow; members: readonly DeltaMember[] },
): Promise<number> {
  try {
    return await fanOut.members(request, members, row);
  } catch (error) {
    const isAboutOne =
      isRefused(error) || (error instanceof GraphFailure && (error.kind === 'not_found' || error.kind === 'rejected'));
    const memberIds = members.filter(({ type }) => type === 'group').map(({ id }) => id);
    if (!isAboutOne || memberIds.length > MEMBER_HINTS_KEPT) throw error;
    const { tenantId, note } = request;
    const dueAt = new Date(clock.nowMs() + lagMs);
    await changes.note([{ notified: 0, ...note, tenantId, kind: 'group', objectId: row.groupId, memberIds, dueAt }]);
    return 1;
  }
}
