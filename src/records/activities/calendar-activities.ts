import type { AnyBulkWriteOperation, ClientSession, Filter } from 'mongodb';
import { DAY_MS } from '../../kernel/clock.js';
import { groupBy } from '../../kernel/lists.js';
import { laterKeys } from '../../projection/calendar/turns.js';
import type { CalendarActivity, CalendarChange, EventVerdict } from '../../projection/calendar/types.js';
import type { Store } from '../../store/connect.js';
import type { LedgerRow, UserRow } from '../types.js';
import { type ActivityEntry, cancelled, createdEntry, followed } from './activity-acts.js';
import { blankActivity } from './new-activity.js';
import { ACTIVITIES, type ActivityRow } from './types.js';

/** What is over for longer follows its event no more; only a new turn of the same event asks for it. */
const OVER_FOR_MS = 7 * DAY_MS;

/**
 * What came from these people's calendars and may still follow them, however it ended, by user id: a reading must not
 * cost what people did in years. Of events that come back after longer `earlierActivitiesOf` has what they were.
 */
export async function calendarActivitiesOf(
  store: Store,
  { userIds, now }: { userIds: readonly string[]; now: Date },
  session?: ClientSession,
): Promise<ReadonlyMap<string, readonly ActivityRow[]>> {
  if (userIds.length === 0) return new Map();
  const scheduledFinish = { $gt: new Date(now.getTime() - OVER_FOR_MS) };
  const rows = await store
    .collection<ActivityRow>(ACTIVITIES)
    .find(
      { userId: { $in: [...userIds] }, 'calendar.key': { $exists: true }, scheduledFinish },
      session ? { session } : {},
    )
    .hint('lately_from_calendar')
    .toArray();
  return groupBy(rows, ({ userId }) => userId);
}

/** All turns of these events, whenever they were, by user id. @param wanted  keys of events by user id */
export async function earlierActivitiesOf(
  store: Store,
  wanted: ReadonlyMap<string, readonly string[]>,
  session?: ClientSession,
): Promise<ReadonlyMap<string, readonly ActivityRow[]>> {
  const find = (either: Filter<ActivityRow>[]) =>
    either.length === 0
      ? []
      : store
          .collection<ActivityRow>(ACTIVITIES)
          .find({ $or: either }, session ? { session } : {})
          .hint('one_an_event')
          .toArray();
  const first = await find([...wanted].map(([userId, keys]) => ({ userId, 'calendar.key': { $in: [...keys] } })));
  const later = await find(
    first.map(({ userId, calendar }) => ({ userId, 'calendar.key': laterTurns(calendar?.key ?? '') })),
  );
  return groupBy([...first, ...later], ({ userId }) => userId);
}

function laterTurns(key: string) {
  const { from, below } = laterKeys(key);
  return { $gte: from, $lt: below };
}

/** An activity as the calendar rules see it. */
export function asCalendarActivity(row: ActivityRow): CalendarActivity {
  const start = row.scheduledStart ?? row.createdAt;
  return {
    id: row._id,
    eventId: row.calendar?.eventId ?? '',
    key: row.calendar?.key ?? '',
    name: row.name,
    destination: row.destination,
    start,
    finish: row.scheduledFinish ?? start,
    status: row.status,
    isTouched: row.open === true || row.alert !== null || row.startedAt !== null,
    // What went with its person is the person's matter; what somebody deleted stays deleted.
    isDetached: row.calendar?.detached === true,
  };
}

type CalendarEntry = ActivityEntry & Partial<Pick<LedgerRow, 'taking' | 'approved'>>;

export interface CalendarWriting {
  readonly user: UserRow;
  readonly activities: ReadonlyMap<string, ActivityRow>;
  readonly now: Date;
  /** What the organisation chose for what is made now: its type, and whether it waits for approval (E57). */
  readonly chosen: { readonly type: string | null; readonly needsApproval: boolean };
  /** Cancellations that count for the guard (law L12), and those that somebody approved. */
  isCounted(change: CalendarChange): boolean;
  isApproved(change: CalendarChange): boolean;
  newId(): string;
}

/** Changes that the calendar asks for as writes and words for the ledger, in the order given. */
export function calendarWrites(
  changes: readonly CalendarChange[],
  about: CalendarWriting,
): { operations: AnyBulkWriteOperation<ActivityRow>[]; entries: CalendarEntry[] } {
  const operations: AnyBulkWriteOperation<ActivityRow>[] = [];
  const entries: CalendarEntry[] = [];
  for (const change of changes) {
    const { activity, entry } = written(change, about);
    operations.push({ replaceOne: { filter: { _id: activity._id }, replacement: activity, upsert: true } });
    const taking = about.isCounted(change) ? { taking: 'cancellation' as const } : {};
    entries.push({ ...entry, ...taking, ...(about.isApproved(change) ? { approved: true as const } : {}) });
  }
  return { operations, entries };
}

function written(change: CalendarChange, about: CalendarWriting): { activity: ActivityRow; entry: ActivityEntry } {
  const { now } = about;
  const { why } = change;
  switch (change.kind) {
    case 'activity_create': {
      const before = change.revives === null ? undefined : about.activities.get(change.revives);
      const { type, needsApproval } = about.chosen;
      const made = {
        ...factsOf(change.verdict),
        type,
        status: needsApproval ? 'awaiting_approval' : 'scheduled',
      } as const;
      if (before) {
        const back = followed(before, { ...made, cancelledReason: null }, { now, why });
        return { ...back, entry: { ...back.entry, kind: 'activity_create' } };
      }
      const blank = blankActivity(about.user, { id: about.newId(), now });
      const activity: ActivityRow = { ...blank, ...made, source: 'entra_calendar' };
      return { activity, entry: createdEntry(activity, why) };
    }
    case 'activity_update':
      return followed(known(about, change.activity.id), factsOf(change.verdict), { now, why });
    case 'activity_cancel':
      return cancelled(known(about, change.activity.id), { reason: change.reason, why, now });
  }
}

function factsOf({ event, name, destination, start, finish }: EventVerdict) {
  const calendar = { eventId: event.id, key: event.key };
  return { name, destination, scheduledStart: start, scheduledFinish: finish, calendar };
}

function known({ activities }: CalendarWriting, id: string): ActivityRow {
  const row = activities.get(id);
  if (row === undefined) throw new Error(`the calendar plan names an activity that was not loaded: ${id}`);
  return row;
}
