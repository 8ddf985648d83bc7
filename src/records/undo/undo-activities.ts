import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/connect.js';
import { activitiesToCome, type KeptByActivities, withOpenActivity } from '../activities/leavers.js';
import { ACTIVITIES, type ActivityRow } from '../activities/types.js';
import type { LedgerRow, UserRow } from '../types.js';

/** Some people, and what of them is to be undone. */
interface ToUndo {
  readonly enterpriseId: string;
  readonly users: readonly UserRow[];
  readonly entries: ReadonlyMap<string, readonly LedgerRow[]>;
  readonly now: Date;
}

/**
 * What an undo must know of people's activities, and no more, because they are kept for good: who is out, where anything
 * would be taken from them; the activities that the entries name, those to come that go with an archive, and all of a
 * newcomer whose record may go.
 */
export async function activitiesToUndo(
  store: Store,
  { enterpriseId, users, entries, now }: ToUndo,
  session: ClientSession,
): Promise<{ out: KeptByActivities; activities: readonly ActivityRow[] }> {
  const rows = store.collection<ActivityRow>(ACTIVITIES);
  const whose = (...kinds: readonly LedgerRow['kind'][]) =>
    users.filter(({ _id }) => entries.get(_id)?.some(({ kind }) => kinds.includes(kind)));
  const idsOf = (some: readonly UserRow[]) => some.map(({ _id }) => _id);
  const named = [...entries.values()].flat().flatMap(({ activityId }) => activityId ?? []);
  const newcomers = idsOf(whose('create').filter(isNewcomer));
  const losing = idsOf(whose('join', 'restore', 'create'));
  const out = await withOpenActivity(store, { enterpriseId, userIds: losing, now }, session);
  const toCome = await activitiesToCome(store, { enterpriseId, userIds: idsOf(whose('restore')), now }, session);
  const byId = { _id: { $in: named }, enterpriseId };
  const theirs = { enterpriseId, userId: { $in: newcomers } };
  const activities = [
    toCome,
    await rows.find(byId, { session }).hint('_id_').toArray(),
    await rows.find(theirs, { session }).hint('by_person').toArray(),
  ];
  return { out, activities: activities.flat() };
}

/** Whoever has come to use GetHomeSafe keeps the record, so that the rest of their activities is no matter. */
function isNewcomer({ status, statusBeforeArchive }: UserRow): boolean {
  return status !== 'active' && statusBeforeArchive !== 'active';
}
