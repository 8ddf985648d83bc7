import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { Store } from '../../store/connect.js';
import { type ActivityEntry, cancelled } from './activity-acts.js';
import { ACTIVITIES, type ActivityRow } from './types.js';

/** Some people of an enterprise. */
export interface Whose {
  readonly enterpriseId: string;
  readonly userIds: readonly string[];
}

/** Who of these has an activity that is active or alerted: nobody of them may be archived now (E10). */
export async function withOpenActivity(
  store: Store,
  { enterpriseId, userIds }: Whose,
  session?: ClientSession,
): Promise<ReadonlySet<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await store
    .collection<ActivityRow>(ACTIVITIES)
    .find({ enterpriseId, userId: { $in: [...userIds] }, open: true }, session ? { session } : {})
    .project<Pick<ActivityRow, 'userId'>>({ _id: 0, userId: 1 })
    .toArray();
  return new Set(rows.map(({ userId }) => userId));
}

/** Refuses to archive or move somebody who is in the field. Whoever asks does so in the transaction that writes. */
export async function refuseWhileOpen(
  store: Store,
  { enterpriseId, userId }: { enterpriseId: string; userId: string },
  session: ClientSession,
): Promise<void> {
  const holders = await withOpenActivity(store, { enterpriseId, userIds: [userId] }, session);
  if (holders.size === 0) return;
  const text =
    'An activity of this person is active or alerted. Make sure that the person is safe and finish the activity ' +
    '("ghs activity finish"); then try again.';
  throw new AppError('activity_open', text, { status: 409, field: 'person' });
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
