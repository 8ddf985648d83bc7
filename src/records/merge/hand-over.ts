import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import type { Store } from '../../store/connect.js';
import { type ActivityEntry, handedOver } from '../activities/activity-acts.js';
import { withOpenActivity, writeActivities } from '../activities/leavers.js';
import { ACTIVITIES, type ActivityRow } from '../activities/types.js';
import type { UserRow } from '../types.js';
import { WHY } from './merge-acts.js';

interface Both {
  readonly kept: UserRow;
  readonly own: UserRow | null;
  readonly now: Date;
}

/** One person can be out once at a time (E52), so that two profiles that both are do not become one meanwhile. */
export async function refuseBothOut(store: Store, { kept, own, now }: Both, session: ClientSession): Promise<void> {
  if (own === null) return;
  const { enterpriseId } = kept;
  const out = await withOpenActivity(store, { enterpriseId, userIds: [kept._id, own._id], now }, session);
  if (out.size < 2) return;
  const text =
    `Both profiles, ${kept._id} and ${own._id}, have an activity that is active or alerted. Make sure that the person ` +
    'is safe and finish one of them ("ghs activity finish"); then merge.';
  throw new AppError('activity_open', text, { status: 409, field: 'with' });
}

/** Gives the activities of one profile to another one. Answers the ledger's words, one entry for each. */
export async function handOver(
  store: Store,
  { from, to, now }: { from: UserRow; to: UserRow; now: Date },
  session: ClientSession,
): Promise<ActivityEntry[]> {
  const theirs = { enterpriseId: from.enterpriseId, userId: from._id };
  const found = await store.collection<ActivityRow>(ACTIVITIES).find(theirs, { session }).sort({ _id: 1 }).toArray();
  const acts = found.map((activity) => handedOver(activity, to._id, { now, why: WHY }));
  const operations = acts.map(({ activity }) => ({
    replaceOne: { filter: { _id: activity._id }, replacement: activity },
  }));
  await writeActivities(store, operations, session);
  return acts.map(({ entry }) => entry);
}
