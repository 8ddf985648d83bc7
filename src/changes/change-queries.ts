import type { ClientSession, Collection, Filter } from 'mongodb';
import type { InstantPage } from '../store/pages/instant-pages.js';
import { keyedPage } from '../store/pages/keyed-pages.js';
import { type ChangeDocument, changeId, RANK, rowOf } from './change-document.js';
import type { ChangeKind, ChangeRow } from './types.js';

const EVERY_KIND: readonly ChangeKind[] = ['user', 'group', 'events', 'subscription'];

export interface TakeWanted {
  readonly tenantId: string;
  readonly limit: number;
  readonly now: Date;
  /** Ids that the owner has in work: not given a second time. */
  readonly busy?: ReadonlySet<string>;
  /** Only these kinds; all when left out. */
  readonly kinds?: readonly ChangeKind[];
  /** Only those that this run noted. */
  readonly runId?: string;
}

export interface TenantsDueWanted {
  readonly kinds: readonly ChangeKind[];
  readonly tenantIds: readonly string[];
  readonly now: Date;
}

/** A tenant that has something due of a kind. */
export type TenantDue = Pick<ChangeRow, 'tenantId' | 'kind'>;

/** Which open changes are counted: those a catch-up round waits for, or those of a run. */
export type CountWanted =
  | { readonly tenantId: string; readonly kind: ChangeKind; readonly roundAtMost: number }
  | { readonly tenantId: string; readonly runId: string };

/** Which of these tenants have something due of which of these kinds, open or parked. */
export async function tenantsDue(
  changes: Collection<ChangeDocument>,
  { kinds, tenantIds, now }: TenantsDueWanted,
): Promise<readonly TenantDue[]> {
  const all = { isParked: { $in: [false, true] }, kind: { $in: [...kinds] }, rank: { $lte: RANK.other } };
  const due = { tenantId: { $in: [...tenantIds] }, ...all, dueAt: { $lte: now } };
  const found = changes.aggregate<{ _id: TenantDue }>([
    { $match: due },
    { $group: { _id: { tenantId: '$tenantId', kind: '$kind' } } },
  ]);
  return (await found.toArray()).map(({ _id }) => _id);
}

/** What is due and open; where nothing is, parked changes whose next try has come. */
export async function takeDue(changes: Collection<ChangeDocument>, wanted: TakeWanted): Promise<readonly ChangeRow[]> {
  const open = await takeFrom(changes, wanted, false);
  return open.length > 0 ? open : takeFrom(changes, wanted, true);
}

/** What is gone first, then what Graph told, then the rest; oldest first. */
async function takeFrom(
  changes: Collection<ChangeDocument>,
  wanted: TakeWanted,
  isParked: boolean,
): Promise<readonly ChangeRow[]> {
  const stored = await changes
    .find({
      tenantId: wanted.tenantId,
      isParked,
      // Kinds by name and ranks by range: so the index gives each kind in order, and they are merged without a sort.
      kind: { $in: [...(wanted.kinds ?? EVERY_KIND)] },
      rank: { $lte: RANK.other },
      dueAt: { $lte: wanted.now },
      ...(wanted.runId === undefined ? {} : { runId: wanted.runId }),
      ...(wanted.busy?.size ? { _id: { $nin: [...wanted.busy] } } : {}),
    })
    .sort({ rank: 1, dueAt: 1 })
    .limit(wanted.limit)
    .toArray();
  return stored.map(rowOf);
}

/** The one open or parked change of a thing, or null. */
export async function findChange(
  changes: Collection<ChangeDocument>,
  of: { tenantId: string; kind: ChangeKind; objectId: string },
  session?: ClientSession,
): Promise<ChangeRow | null> {
  const stored = await changes.findOne({ _id: changeId(of) }, session ? { session } : {});
  return stored && rowOf(stored);
}

export interface ListWanted {
  readonly tenantId: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  readonly parked?: boolean;
  readonly kind?: ChangeKind;
}

/** Open and parked changes of a tenant, the longest open first. */
export async function listChanges(
  changes: Collection<ChangeDocument>,
  { tenantId, limit, after, parked, kind }: ListWanted,
): Promise<InstantPage<ChangeRow>> {
  const only = { ...(parked === undefined ? {} : { isParked: parked }), ...(kind === undefined ? {} : { kind }) };
  const { rows, next } = await keyedPage(changes, { filter: { tenantId, ...only }, by: 'openedAt', limit, after });
  return { rows: rows.map(rowOf), next };
}

/** How long the oldest open change has waited, null where none is open. */
export async function oldestOpenMs(
  changes: Collection<ChangeDocument>,
  tenantId: string,
  now: Date,
): Promise<number | null> {
  const [oldest] = await changes
    .find({ tenantId, isParked: false })
    .sort({ openedAt: 1 })
    .limit(1)
    .project<{ openedAt: Date }>({ openedAt: 1 })
    .toArray();
  return oldest === undefined ? null : Math.max(0, now.getTime() - oldest.openedAt.getTime());
}

/** By tenant: when its oldest open change was opened; those without one are left out. */
export async function oldestOpened(
  changes: Collection<ChangeDocument>,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const oldest = changes.aggregate<{ _id: string; openedAt: Date }>([
    { $match: { tenantId: { $in: [...tenantIds] }, isParked: false } },
    { $group: { _id: '$tenantId', openedAt: { $min: '$openedAt' } } },
  ]);
  return new Map((await oldest.toArray()).map(({ _id, openedAt }) => [_id, openedAt]));
}

/** Tenants that have an open change; parked ones do not count. */
export function tenantsWithOpenChanges(changes: Collection<ChangeDocument>): Promise<readonly string[]> {
  return changes.distinct('tenantId', { isParked: false });
}

/** Open changes that a round or run waits for; with `dueBy` without those put off to a later time (law L15). */
export function openCount(
  changes: Collection<ChangeDocument>,
  wanted: CountWanted,
  options: { dueBy?: Date } = {},
): Promise<number> {
  const of: Filter<ChangeDocument> =
    'runId' in wanted
      ? { tenantId: wanted.tenantId, runId: wanted.runId }
      : { tenantId: wanted.tenantId, kind: wanted.kind, round: { $lte: wanted.roundAtMost } };
  const due = options.dueBy === undefined ? {} : { dueAt: { $lte: options.dueBy } };
  return changes.countDocuments({ ...of, ...due, isParked: false });
}

/** People whom a run noted and who could not be worked off yet: set aside, or tried and put off. */
export async function failedOf(
  changes: Collection<ChangeDocument>,
  of: { readonly tenantId: string; readonly runId: string },
): Promise<readonly ChangeRow[]> {
  const hasFailed = { $or: [{ isParked: true }, { attempts: { $gt: 0 } }] };
  return (await changes.find({ ...of, kind: 'user', ...hasFailed }).toArray()).map(rowOf);
}

export interface WaitingWanted {
  readonly tenantId: string;
  readonly kind: ChangeKind;
  readonly now: Date;
}

export async function waitingCount(
  changes: Collection<ChangeDocument>,
  { tenantId, kind, now }: WaitingWanted,
): Promise<{ parked: number; putOff: number }> {
  const parked = await changes.countDocuments({ tenantId, isParked: true, kind });
  const putOff = await changes.countDocuments({ tenantId, isParked: false, kind, dueAt: { $gt: now } });
  return { parked, putOff };
}

/** An open or parked change as operators see it: without its mark, and without what it carries of events. */
export function changeView({ _id: id, mark: _mark, seen: _seen, ...row }: ChangeRow) {
  return { id, ...row };
}
