import type { AnyBulkWriteOperation, ClientSession, Collection, Filter } from 'mongodb';
import type { CalendarEvent, CalendarProblem } from '../projection/calendar/types.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { rowId } from './types.js';

/** `unread`: known to be in scope, never read yet. The last three are looked at again weekly, and are no incidents. */
export type CalendarState = 'unread' | 'ok' | 'no_mailbox' | 'blocked' | 'not_a_person';

/** What the default calendar of a person said of its window when last read. Only people in scope have a row. */
export interface CalendarRow {
  /** `tenant:object`. */
  readonly _id: string;
  readonly tenantId: string;
  readonly objectId: string;
  readonly state: CalendarState;
  /** Why it cannot be read, in words; null where it can. */
  readonly problem: string | null;
  readonly events: readonly CalendarEvent[];
  /** What somebody should know of it, such as overlaps; all of them warnings. */
  readonly problems: readonly CalendarProblem[];
  readonly window: { readonly from: Date; readonly to: Date } | null;
  /** When the last complete reading began; null before the first. */
  readonly verifiedAt: Date | null;
  /** From then on it is read by itself: a look, the nightly roll of the window, or the weekly try. */
  readonly dueAt: Date;
  /** How many looks after the last notified reading have been had (law L7). */
  readonly looks: number;
  /** Until then a replica that is behind may not show what the last reading found; absent where nothing is to settle. */
  readonly settlesAt?: Date;
  /** When Graph last told of it, as far as it was read then; absent in old rows. */
  readonly notifiedAt?: Date | null;
  /** Since the last reading Graph told of events that needed none. */
  readonly toldUnread?: true;
}

/** A calendar without what is in it. */
export type CalendarView = Pick<CalendarRow, 'objectId' | 'state' | 'verifiedAt' | 'dueAt' | 'problem' | 'problems'>;

export const CALENDARS = 'calendars';

export const CALENDAR_INDEXES: readonly IndexDefinition[] = [
  { collection: CALENDARS, name: 'tenant_due', keys: { tenantId: 1, dueAt: 1 }, serves: 'calendars that are due' },
  {
    collection: CALENDARS,
    name: 'tenant_verified',
    keys: { tenantId: 1, state: 1, verifiedAt: 1 },
    serves: 'how far all calendars are verified, and which are stale',
  },
  {
    collection: CALENDARS,
    name: 'tenant_oldest',
    keys: { tenantId: 1, verifiedAt: 1, _id: 1 },
    serves: 'calendars in pages, the longest not verified first',
  },
];

export interface Calendars {
  /** By object id. */
  load(
    tenantId: string,
    objectIds: readonly string[],
    session?: ClientSession,
  ): Promise<ReadonlyMap<string, CalendarRow>>;
  write(operations: AnyBulkWriteOperation<CalendarRow>[], session: ClientSession): Promise<void>;
  /** Object ids of calendars that are due, the longest due first. */
  due(tenantId: string, now: Date, limit: number): Promise<string[]>;
  /** Object ids of every calendar that is followed, or cannot be. */
  known(tenantId: string): Promise<string[]>;
  /** Object ids whose calendars Graph should tell of. */
  watched(tenantId: string): Promise<string[]>;
  /** All of them, or those that are not verified since a moment; by person. */
  list(tenantId: string, wanted: { readonly verifiedBefore?: Date }): Promise<CalendarView[]>;
  staleCount(tenantId: string, verifiedBefore: Date): Promise<number>;
  /** The moment up to which every readable calendar is verified; null where none is, or one was never read. */
  verifiedUntil(tenantId: string): Promise<Date | null>;
  /** The least moment up to which a calendar of these tenants is verified; one that was never read does not count. */
  leastVerified(tenantIds: readonly string[]): Promise<Date | null>;
  /** Exchange refused to watch the mailbox. */
  refused(tenantId: string, objectId: string, why: Pick<CalendarRow, 'state' | 'problem' | 'dueAt'>): Promise<void>;
  /** Graph told of events that needed no reading. */
  toldUnread(tenantId: string, objectId: string): Promise<void>;
  /** It could not be read: not before then again. */
  postpone(tenantId: string, objectId: string, until: Date): Promise<void>;
  /** Every calendar of the tenant is due at some moment within the time, spread evenly by chance, or when it was due before. */
  spread(tenantId: string, from: Date, withinMs: number): Promise<number>;
}

const readable = { state: { $in: ['unread', 'ok'] as CalendarState[] } };

export function createCalendars({ store }: { store: Store }): Calendars {
  const rows = store.collection<CalendarRow>(CALENDARS);
  return {
    load: async (tenantId, objectIds, session) => {
      const these = { _id: { $in: objectIds.map((objectId) => rowId(tenantId, objectId)) } };
      const found = await rows.find(these, session ? { session } : {}).toArray();
      return new Map(found.map((row) => [row.objectId, row]));
    },
    write: async (operations, session) => {
      if (operations.length > 0) await rows.bulkWrite(operations, { session, ordered: false });
    },
    due: async (tenantId, now, limit) => {
      const found = rows.find({ tenantId, dueAt: { $lte: now } }).hint('tenant_due');
      return ids(await found.sort({ dueAt: 1 }).limit(limit).project<{ objectId: string }>({ objectId: 1 }).toArray());
    },
    known: async (tenantId) =>
      ids(await rows.find({ tenantId }).project<{ objectId: string }>({ objectId: 1 }).toArray()),
    watched: async (tenantId) => {
      const found = rows.find({ tenantId, ...readable }).project<{ objectId: string }>({ objectId: 1 });
      return ids(await found.sort({ _id: 1 }).toArray());
    },
    list: async (tenantId, { verifiedBefore }) => {
      const wanted = verifiedBefore ? staleSince(tenantId, verifiedBefore) : { tenantId };
      return rows.find(wanted).project<CalendarView>(CALENDAR_SHOWN).sort({ _id: 1 }).toArray();
    },
    staleCount: (tenantId, verifiedBefore) => rows.countDocuments(staleSince(tenantId, verifiedBefore)),
    verifiedUntil: async (tenantId) => {
      const found = rows.find({ tenantId, ...readable }).project<Pick<CalendarRow, 'verifiedAt'>>({ verifiedAt: 1 });
      const [oldest] = await found.sort({ verifiedAt: 1 }).limit(1).toArray();
      return oldest?.verifiedAt ?? null;
    },
    leastVerified: (tenantIds) => leastVerified(rows, tenantIds),
    refused: async (tenantId, objectId, why) => {
      await rows.updateOne({ _id: rowId(tenantId, objectId), ...readable }, { $set: why });
    },
    toldUnread: async (tenantId, objectId) => {
      await rows.updateOne({ _id: rowId(tenantId, objectId) }, { $set: { toldUnread: true } });
    },
    postpone: async (tenantId, objectId, until) => {
      await rows.updateOne({ _id: rowId(tenantId, objectId), dueAt: { $lt: until } }, { $set: { dueAt: until } });
    },
    spread: async (tenantId, from, withinMs) => {
      const at = { $min: ['$dueAt', { $add: [from, { $multiply: [{ $rand: {} }, withinMs] }] }] };
      const { modifiedCount } = await rows.updateMany({ tenantId, ...readable }, [{ $set: { dueAt: at } }]);
      return modifiedCount;
    },
  };
}

async function leastVerified(rows: Collection<CalendarRow>, tenantIds: readonly string[]): Promise<Date | null> {
  const least = rows.aggregate<{ verifiedAt: Date | null }>([
    { $match: { tenantId: { $in: [...tenantIds] }, ...readable } },
    { $group: { _id: null, verifiedAt: { $min: '$verifiedAt' } } },
  ]);
  return (await least.toArray())[0]?.verifiedAt ?? null;
}

function ids(rows: readonly { objectId: string }[]): string[] {
  return rows.map(({ objectId }) => objectId);
}

/** What is shown of a calendar. */
export const CALENDAR_SHOWN = {
  _id: 0,
  objectId: 1,
  state: 1,
  verifiedAt: 1,
  dueAt: 1,
  problem: 1,
  problems: 1,
} as const;

/** Whoever has a mailbox that we cannot read is stale too: nobody knows what is planned there. Rooms are nobody's. */
export function staleSince(tenantId: string, verifiedBefore: Date): Filter<CalendarRow> {
  const unverified = { $or: [{ verifiedAt: { $lt: verifiedBefore } }, { verifiedAt: null }] };
  return { tenantId, state: { $nin: ['not_a_person', 'no_mailbox'] }, ...unverified };
}
