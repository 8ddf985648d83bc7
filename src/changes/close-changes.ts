import type { ClientSession, Collection } from 'mongodb';
import type { Clock } from '../kernel/clock.js';
import type { ChangeDocument, OutcomeDocument } from './change-document.js';
import { addTimes, type LatencyHour } from './latency/latency-hours.js';
import type { ChangeKind, Closing, Outcome } from './types.js';

interface Found {
  readonly _id: string;
  readonly tenantId: string;
  readonly kind: ChangeKind;
  readonly toldAt?: Date;
  readonly mark: string;
  readonly notified: number;
}

export interface CloseDeps {
  readonly changes: Collection<ChangeDocument>;
  readonly outcomes: Collection<OutcomeDocument>;
  readonly latencies: Collection<LatencyHour>;
  readonly clock: Clock;
}

/**
 * Ends the changes that still bear the mark under which they were read, and moves their accepted items to the
 * outcome counters in the same transaction (law L5). What was noted anew meanwhile stays open.
 *
 * The counters follow what the transaction itself read. If a change is noted anew between that read and the commit,
 * the delete conflicts and the whole transaction is given up, so that no item is counted twice or lost.
 *
 * @returns ids of the changes that were closed
 */
export async function closeChanges(
  deps: CloseDeps,
  session: ClientSession,
  closings: readonly Closing[],
): Promise<readonly string[]> {
  if (closings.length === 0) return [];
  const byId = new Map(closings.map((closing) => [closing.id, closing]));
  const found = await deps.changes
    .find({ _id: { $in: [...byId.keys()] } }, { session })
    .project<Found>({ tenantId: 1, kind: 1, toldAt: 1, mark: 1, notified: 1 })
    .toArray();
  const matching = found.filter((change) => byId.get(change._id)?.mark === change.mark);
  if (matching.length === 0) return [];

  const deleted = await deps.changes.bulkWrite(
    matching.map(({ _id, mark }) => ({ deleteOne: { filter: { _id, mark } } })),
    { ordered: false, session },
  );
  if (deleted.deletedCount !== matching.length) {
    throw new Error(`Read ${matching.length} changes and deleted ${deleted.deletedCount} in one transaction.`);
  }
  await raiseOutcomes(deps.outcomes, session, itemsByTenant(matching, byId));
  await keepLatencies(
    deps,
    session,
    matching.filter(({ _id }) => byId.get(_id)?.outcome === 'applied'),
  );
  return matching.map((change) => change._id);
}

type Items = Partial<Record<Outcome, number>>;

function itemsByTenant(matching: readonly Found[], byId: ReadonlyMap<string, Closing>): ReadonlyMap<string, Items> {
  const tenants = new Map<string, Items>();
  for (const change of matching) {
    const outcome = byId.get(change._id)?.outcome;
    if (outcome === undefined || change.notified === 0) continue;
    const items = tenants.get(change.tenantId) ?? {};
    items[outcome] = (items[outcome] ?? 0) + change.notified;
    tenants.set(change.tenantId, items);
  }
  return tenants;
}

async function raiseOutcomes(
  outcomes: Collection<OutcomeDocument>,
  session: ClientSession,
  tenants: ReadonlyMap<string, Items>,
): Promise<void> {
  if (tenants.size === 0) return;
  const raises = [...tenants].map(([tenantId, items]) => ({
    updateOne: { filter: { _id: tenantId }, update: { $inc: items }, upsert: true },
  }));
  await outcomes.bulkWrite(raises, { ordered: false, session });
}

/** How long it took from what Graph told to the record. A group itself is none: the people behind it are counted. */
async function keepLatencies(
  { latencies, clock }: CloseDeps,
  session: ClientSession,
  applied: readonly Found[],
): Promise<void> {
  const nowMs = clock.nowMs();
  const tenants = new Map<string, number[]>();
  for (const { tenantId, kind, toldAt } of applied) {
    if (toldAt === undefined || (kind !== 'user' && kind !== 'events')) continue;
    // The clock of the process that was told may be ahead.
    const ms = Math.max(0, nowMs - toldAt.getTime());
    tenants.set(tenantId, [...(tenants.get(tenantId) ?? []), ms]);
  }
  if (tenants.size === 0) return;
  const writes = [...tenants].map(([tenantId, times]) => addTimes(tenantId, times, nowMs));
  await latencies.bulkWrite(writes, { session });
}
