import type { ClientSession, Filter } from 'mongodb';
import type { Chance } from '../../kernel/chance.js';
import { type Clock, SECOND_MS } from '../../kernel/clock.js';
import { groupBy } from '../../kernel/lists.js';
import { calendarOff } from '../../projection/calendar/project-calendar.js';
import type { CalendarChange } from '../../projection/calendar/types.js';
import { asCalendarActivity, calendarWrites } from '../../records/activities/calendar-activities.js';
import { writeActivities } from '../../records/activities/leavers.js';
import { ACTIVITIES, type ActivityRow } from '../../records/activities/types.js';
import { createLedger } from '../../records/ledger.js';
import { aboutUser, causeOf, ledgerRows } from '../../records/ledger-rows.js';
import { recordTransaction } from '../../records/people/record-transaction.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { ORDINARY } from '../../tenancy/calendar-activities.js';
import type { CalendarActivitiesFate, Integrations } from '../../tenancy/integrations.js';
import { INTEGRATIONS, type IntegrationRow } from '../../tenancy/types.js';

/** Activities of one transaction (law L4). */
const BATCH = 200;
/** Whoever disconnects waits no longer for the cancellations; the alarm clock goes on with what is left. */
const AT_ONCE_MS = 5 * SECOND_MS;

export interface Leaving {
  readonly by: string;
  /** Default: they stay as they are. */
  readonly calendarActivities?: CalendarActivitiesFate | undefined;
}

/** The end of a connection, for none or for another tenant's, with the choice about what came from calendars (domain 4.5). */
export interface LeaveTenant {
  disconnect(enterpriseId: string, leaving: Leaving): Promise<void>;
  /** Begins at once with what was chosen with another tenant; the alarm clock goes on with what is left. */
  goOn(enterpriseId: string): Promise<void>;
  /** How many activities `cancel` would cancel now. */
  toCancel(enterpriseId: string): Promise<number>;
  /** Goes on with cancellations that a process left undone; answers how many it made. */
  finish(withinMs: number): Promise<number>;
}

export interface LeaveTenantDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly integrations: Pick<Integrations, 'disconnect'>;
}

export function createLeaveTenant(deps: LeaveTenantDeps): LeaveTenant {
  const { store, clock, integrations } = deps;
  const rows = store.collection<IntegrationRow>(INTEGRATIONS);
  return {
    disconnect: async (enterpriseId, { by, calendarActivities = 'keep' }) => {
      await integrations.disconnect(enterpriseId, by, calendarActivities);
      await goOn(enterpriseId);
    },
    goOn,
    toCancel: (enterpriseId) =>
      store.collection<ActivityRow>(ACTIVITIES).countDocuments(notBegun(enterpriseId, clock.now()), { hint: BY_INDEX }),
    finish: async (withinMs) => {
      const untilMs = clock.nowMs() + withinMs;
      let cancelled = 0;
      const left = await rows.find({ 'activitiesEnd.at': { $type: 'date' } }, { projection: { _id: 1 } }).toArray();
      for (const { _id } of left) cancelled += await cancelAll(deps, _id, untilMs);
      return cancelled;
    },
  };

  async function goOn(enterpriseId: string): Promise<void> {
    await cancelAll(deps, enterpriseId, clock.nowMs() + AT_ONCE_MS);
  }
}

async function cancelAll(deps: LeaveTenantDeps, enterpriseId: string, untilMs: number): Promise<number> {
  const passed = new Set<string>();
  let cancelled = 0;
  for (let isMore = true; isMore && deps.clock.nowMs() < untilMs; ) {
    const some = await recordTransaction(deps, enterpriseId, (session) =>
      cancelSome(deps, { enterpriseId, passed: [...passed] }, session),
    );
    for (const userId of some.passed) passed.add(userId);
    cancelled += some.cancelled;
    isMore = some.isMore;
  }
  return cancelled;
}

interface Some {
  readonly cancelled: number;
  /** Whose activities stay as they are. */
  readonly passed: readonly string[];
  readonly isMore: boolean;
}

const NOTHING: Some = { cancelled: 0, passed: [], isMore: false };

/**
 * Nothing where nobody asked for it, or the tenant was connected again meanwhile. What has no person any more stays:
 * there is nobody to tell of it; and what belongs to people of the tenant that is there now.
 */
async function cancelSome(
  deps: LeaveTenantDeps,
  { enterpriseId, passed }: { enterpriseId: string; passed: readonly string[] },
  session: ClientSession,
): Promise<Some> {
  const { store, clock, chance } = deps;
  const integrations = store.collection<IntegrationRow>(INTEGRATIONS);
  const integration = await integrations.findOne({ _id: enterpriseId }, { session });
  if (!integration?.activitiesEnd) return NOTHING;
  const now = clock.now();
  const found = await store
    .collection<ActivityRow>(ACTIVITIES)
    .find({ ...notBegun(enterpriseId, now), userId: { $nin: [...passed] } }, { session })
    .hint(BY_INDEX)
    .limit(BATCH)
    .toArray();
  const users = await usersOf(store, { activities: found, besides: integration.tenantId }, session);
  const cause = causeOf({ who: integration.activitiesEnd.who, reason: WHY });
  const ledger = createLedger(deps);
  const byUser = groupBy(found, (row) => row.userId);
  let cancelled = 0;
  for (const [userId, activities] of byUser) {
    const user = users.get(userId);
    if (user === undefined) continue;
    const { operations, entries } = calendarWrites(cancellations(activities, now), {
      ...{ user, now, chosen: ORDINARY, newId: chance.guid },
      activities: new Map(activities.map((row) => [row._id, row])),
      // An administrator decided: the guard does not count it.
      ...{ isCounted: () => false, isApproved: () => false },
    });
    await writeActivities(store, operations, session);
    await ledger.insert(ledgerRows(entries, { ...aboutUser(user), at: now, cause, newId: chance.guid }), session);
    cancelled += entries.length;
  }
  const isMore = found.length === BATCH;
  if (!isMore) await integrations.updateOne({ _id: enterpriseId }, { $set: NO_MORE }, { session });
  return { cancelled, passed: [...byUser.keys()].filter((userId) => !users.has(userId)), isMore };
}

const WHY = 'the tenant was disconnected or changed';
const NO_MORE = { activitiesEnd: null };

function cancellations(activities: readonly ActivityRow[], now: Date): CalendarChange[] {
  const off = calendarOff(activities.map(asCalendarActivity), now);
  return off.map((change) => ({ ...change, why: WHY }));
}

/** By person it would be everybody's activities. */
const BY_INDEX = 'to_come';

/** What came from a calendar, and nobody has begun, missed or deleted. */
function notBegun(enterpriseId: string, now: Date): Filter<ActivityRow> {
  return {
    ...{ enterpriseId, source: 'entra_calendar', status: { $in: ['scheduled', 'awaiting_approval'] } },
    ...{ scheduledStart: { $gt: now }, open: { $exists: false }, startedAt: null },
    'calendar.detached': { $exists: false },
  };
}

/** @param besides  a tenant whose people are left out */
async function usersOf(
  store: Store,
  { activities, besides }: { activities: readonly ActivityRow[]; besides: string | null },
  session: ClientSession,
) {
  const ids = [...new Set(activities.map(({ userId }) => userId))];
  const rows = await store
    .collection<UserRow>(USERS)
    .find({ _id: { $in: ids } }, { session })
    .toArray();
  const theirs = rows.filter(({ entra }) => besides === null || entra?.tenantId !== besides);
  return new Map(theirs.map((row) => [row._id, row]));
}
