import type { ClientSession, Collection } from 'mongodb';
import type { Clock } from '../../kernel/clock.js';
import { groupBy } from '../../kernel/lists.js';
import type { Store } from '../../store/connect.js';
import { createPlaces } from '../people/places.js';
import { type LedgerRow, USERS, type UserRow } from '../types.js';
import { planUndo } from './plan-undo.js';
import type { UndoPlan } from './types.js';
import { activitiesToUndo } from './undo-activities.js';

/** One person, as they are and as they will be. */
export interface PersonUndo {
  readonly userId: string;
  readonly objectId: string | null;
  readonly before: UserRow | null;
  readonly plan: UndoPlan;
}

interface UndoRequest {
  readonly enterpriseId: string;
  /** What is to be undone, newest first, by user. */
  readonly entries: ReadonlyMap<string, readonly LedgerRow[]>;
}

/** Loads some people and plans their undo together, so that swapped addresses can be swapped back. */
export async function loadUndo(
  deps: { store: Store; clock: Clock },
  { enterpriseId, entries }: UndoRequest,
  session: ClientSession,
): Promise<PersonUndo[]> {
  const { store, clock } = deps;
  const users = store.collection<UserRow>(USERS);
  const ofThese = { _id: { $in: [...entries.keys()] }, enterpriseId };
  // Of a small enterprise MongoDB may look through everybody, and then do so in a large one, too.
  const found = await users.find(ofThese, { session }).hint('_id_').toArray();
  const byId = new Map(found.map((user) => [user._id, user]));
  const teamIds = [...entries.values()].flat().flatMap(({ teamId }) => teamId ?? []);
  const teams = await createPlaces(deps).teams(enterpriseId, [...new Set(teamIds)], session);
  const organisationOf = new Map([...teams].map(([id, { organisationId }]) => [id, organisationId]));
  const now = clock.now();
  const known = await activitiesToUndo(store, { enterpriseId, users: found, entries, now }, session);
  const activities = groupBy(known.activities, ({ userId }) => userId);
  let takenEmailKeys = new Set<string>();
  for (;;) {
    const plans = [...entries].map(([userId, own]): PersonUndo => {
      const user = byId.get(userId) ?? null;
      const planned = new Map((activities.get(userId) ?? []).map((activity) => [activity._id, activity]));
      const about = { user, entries: own, isOut: known.out.has(userId), activities: planned };
      const plan = planUndo({ ...about, organisationOf, takenEmailKeys, now });
      return { userId, objectId: own[0]?.objectId ?? null, before: user, plan };
    });
    const clashes = await clashesOf(plans, { users, session });
    if (clashes.every((key) => takenEmailKeys.has(key))) return plans;
    takenEmailKeys = new Set([...takenEmailKeys, ...clashes]);
  }
}

/** Addresses that would be held twice: by somebody who is not of this undo, or who would keep it. */
async function clashesOf(
  plans: readonly PersonUndo[],
  { users, session }: { users: Collection<UserRow>; session: ClientSession },
): Promise<string[]> {
  const wanted = new Map<string, number>();
  for (const { plan } of plans) {
    const key = plan.user?.emailKey;
    if (key !== undefined) wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  const moved = plans.flatMap(({ before, plan }) => {
    const key = plan.user?.emailKey;
    return key === undefined || key === before?.emailKey ? [] : [key];
  });
  if (moved.length === 0) return [];
  const here = plans.map(({ userId }) => userId);
  const others = await users.distinct(
    'emailKey',
    { emailKey: { $in: moved }, _id: { $nin: here } },
    {
      session,
    },
  );
  const twice = moved.filter((key) => (wanted.get(key) ?? 0) > 1);
  return [...new Set([...others.map(String), ...twice])];
}
