import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { eventKeyOf, laterKey } from '../../projection/calendar/turns.js';
import type { Store } from '../../store/connect.js';
import { type ActivityEntry, cancelled, handedOver } from '../activities/activity-acts.js';
import { isToCome, withOpenActivity, writeActivities } from '../activities/leavers.js';
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
    'is safe and finish one of them; then merge.';
  throw new AppError('activity_open', text, { status: 409, field: 'with', command: 'ghs activity finish' });
}

/**
 * Gives the activities of one profile to another one, which may have had some of the same calendar before. Of an event
 * that both have the given one counts from now on: the other is cancelled where it is still to come. Answers the ledger's
 * words, one entry for each change.
 */
export async function handOver(
  store: Store,
  { from, to, now }: { from: UserRow; to: UserRow; now: Date },
  session: ClientSession,
): Promise<ActivityEntry[]> {
  const rows = store.collection<ActivityRow>(ACTIVITIES);
  const of = ({ enterpriseId, _id: userId }: UserRow) =>
    rows.find({ enterpriseId, userId }, { session }).sort({ 'calendar.key': 1, _id: 1 }).toArray();
  const [given, own] = [await of(from), await of(to)];
  const events = new Set(given.flatMap(({ calendar }) => (calendar ? [eventKeyOf(calendar.key)] : [])));
  const replaced = own.filter(
    (activity) => activity.calendar && events.has(eventKeyOf(activity.calendar.key)) && isToCome(activity, now),
  );
  const keys = own.flatMap(({ calendar }) => calendar?.key ?? []);
  const acts = [
    ...replaced.map((activity) => cancelled(activity, { reason: 'not_eligible', why: WHY, now })),
    ...given.map((activity) => handedOver(activity, { userId: to._id, key: keyOf(activity, keys) }, { now, why: WHY })),
  ];
  const operations = acts.map(({ activity }) => ({
    replaceOne: { filter: { _id: activity._id }, replacement: activity },
  }));
  await writeActivities(store, operations, session);
  return acts.map(({ entry }) => entry);
}

/** The key of an activity among those that are there already, to which it is added. */
function keyOf({ calendar }: ActivityRow, taken: string[]): string | undefined {
  if (calendar === undefined) return undefined;
  const eventKey = eventKeyOf(calendar.key);
  const isTaken = taken.some((each) => eventKeyOf(each) === eventKey);
  const key = isTaken ? laterKey(calendar.key, taken) : calendar.key;
  taken.push(key);
  return key;
}
