import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { Store } from '../../store/connect.js';
import { type ActivityEntry, cancelled, MISSED_FOR_MS, missedUntil } from './activity-acts.js';
import { ACTIVITIES, type ActivityRow } from './types.js';

/** Some people of an enterprise. */
export interface Whose {
  readonly enterpriseId: string;
  readonly userIds: readonly string[];
}

/** People who may not be archived, until when it is so by itself; null: until somebody ends it. By user id. */
export type KeptByActivities = ReadonlyMap<string, Date | null>;

/**
 * Who of these has an activity that is active or alerted, or a planned one whose start has passed without either: nobody
 * of them may be archived now (E10). Nobody would look for somebody who is missing and archived.
 */
export async function withOpenActivity(
  store: Store,
  { enterpriseId, userIds, now }: Whose & { readonly now: Date },
  session?: ClientSession,
): Promise<KeptByActivities> {
  if (userIds.length === 0) return new Map();
  // Each way by itself, so that each finds its index.
  const whose = { enterpriseId, userId: { $in: [...userIds] } };
  const recent = { $gt: new Date(now.getTime() - MISSED_FOR_MS) };
  const missed = { ...whose, status: 'scheduled', scheduledStart: { $lte: now }, scheduledFinish: recent } as const;
  const rows = await store
    .collection<ActivityRow>(ACTIVITIES)
    .find({ $or: [{ ...whose, open: true }, missed] }, session ? { session } : {})
    .toArray();
  const kept = new Map<string, Date | null>();
  for (const row of rows) {
    const until = row.open ? null : missedUntil(row, now);
    const known = kept.get(row.userId);
    const endsByItself = until !== null && known !== null;
    kept.set(row.userId, endsByItself ? new Date(Math.max(until.getTime(), known?.getTime() ?? 0)) : null);
  }
  return kept;
}

/** Why somebody in the field stays as they are, and what to do. */
export const IS_OUT =
  'An activity of this person is active or alerted, or its planned start has passed. Make sure that the person is ' +
  'safe and finish the activity; then try again.';

/** Refuses to archive or move somebody who is in the field. Whoever asks does so in the transaction that writes. */
export async function refuseWhileOpen(
  store: Store,
  { enterpriseId, userId, now }: { enterpriseId: string; userId: string; now: Date },
  session: ClientSession,
): Promise<void> {
  const holders = await withOpenActivity(store, { enterpriseId, userIds: [userId], now }, session);
  if (holders.size === 0) return;
  throw new AppError('activity_open', IS_OUT, { status: 409, field: 'person', command: 'ghs activity finish' });
}

/** What archiving these people cancels: planned, not started, not alerted, and still to come (E10, E60). */
export async function activitiesToCome(
  store: Store,
  { enterpriseId, userIds, now }: Whose & { readonly now: Date },
  session?: ClientSession,
): Promise<ActivityRow[]> {
  if (userIds.length === 0) return [];
  const toCome = {
    enterpriseId,
    userId: { $in: [...userIds] },
    status: 'scheduled',
    scheduledStart: { $gt: now },
  } as const;
  return store
    .collection<ActivityRow>(ACTIVITIES)
    .find({ ...toCome, open: { $exists: false } }, session ? { session } : {})
    .sort({ scheduledStart: 1, _id: 1 })
    .toArray();
}

/** The same of one activity. */
export function isToCome({ status, open, scheduledStart }: ActivityRow, now: Date): boolean {
  return status === 'scheduled' && open === undefined && scheduledStart !== null && scheduledStart > now;
}

/** Cancels activities with their person's archive: the writes and the ledger's words, in the order given. */
export function cancelForLeaver(
  activities: readonly ActivityRow[],
  now: Date,
): { operations: AnyBulkWriteOperation<ActivityRow>[]; entries: ActivityEntry[] } {
  const acts = activities.map((activity) =>
    cancelled(activity, { reason: 'person_archived', why: WHY_CANCELLED, now }),
  );
  return {
    operations: acts.map(({ activity }) => ({ replaceOne: { filter: { _id: activity._id }, replacement: activity } })),
    entries: acts.map(({ entry }) => entry),
  };
}

/** Why an archive cancels what is planned, in words. */
export const WHY_CANCELLED = 'The profile is archived: nobody would start the activity, and no missed start is raised.';

export async function writeActivities(
  store: Store,
  operations: readonly AnyBulkWriteOperation<ActivityRow>[],
  session: ClientSession,
): Promise<void> {
  if (operations.length > 0) await store.collection<ActivityRow>(ACTIVITIES).bulkWrite([...operations], { session });
}
