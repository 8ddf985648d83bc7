import type { AnyBulkWriteOperation, ClientSession, FindCursor } from 'mongodb';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { ROWS_A_BATCH } from '../store/rows-a-batch.js';
import { unreadRow } from './next-row.js';
import { PEOPLE, type PersonRow, rowId } from './types.js';

export interface People {
  /** Rows of the given people; those out of scope have none. */
  load(
    ids: { tenantId: string; objectIds: readonly string[] },
    session?: ClientSession,
  ): Promise<Map<string, PersonRow>>;
  write(operations: AnyBulkWriteOperation<PersonRow>[], session: ClientSession): Promise<void>;
  /** Rows that want one of these addresses, for finding rivals. */
  wanting(tenantId: string, emailKeys: readonly string[], session?: ClientSession): Promise<PersonRow[]>;
  /** Makes sure that each has a row; repeatable, a row that exists stays as it is. */
  enter(tenantId: string, objectIds: readonly string[]): Promise<void>;
  /** Rows whose look is due. */
  dueLooks(tenantId: string, now: Date, limit: number): Promise<PersonRow[]>;
  clearLooks(ids: readonly string[], now: Date): Promise<void>;
  /** Rows whose mailbox settings are due. */
  dueMailboxes(tenantId: string, now: Date, limit: number): Promise<PersonRow[]>;
  /** Object ids of everybody who was read as being in one of these groups. */
  holders(tenantId: string, groupIds: readonly string[]): AsyncIterable<string>;
  /** In how many mapped groups each was when last read. */
  groupCounts(tenantId: string): Promise<Map<string, number>>;
  /** How many rows a tenant has; no more than `limit` are counted. */
  count(tenantId: string, limit: number): Promise<number>;
  /** Object ids of every row of a tenant. */
  everyone(tenantId: string): AsyncIterable<string>;
  /**
   * Ripening takings of a tenant by `kind` or `kind:team`, for the guard: in each apply, of everybody who ripens, so
   * that nothing else of them is loaded.
   */
  ripening(tenantId: string, session?: ClientSession): Promise<RipeningRow[]>;
}

export type RipeningRow = Pick<PersonRow, 'objectId' | 'ripening'>;

export const PEOPLE_INDEXES: readonly IndexDefinition[] = [
  { collection: PEOPLE, name: 'tenant_groups', keys: { tenantId: 1, groupIds: 1 }, serves: 'holders of a group' },
  {
    collection: PEOPLE,
    name: 'tenant_wanted_email',
    keys: { tenantId: 1, wantedEmailKey: 1 },
    options: { partialFilterExpression: { wantedEmailKey: { $exists: true } } },
    serves: 'rivals for an address',
  },
  {
    collection: PEOPLE,
    name: 'tenant_look',
    keys: { tenantId: 1, 'look.at': 1 },
    options: { partialFilterExpression: { 'look.at': { $exists: true } } },
    serves: 'looks that are due',
  },
  {
    collection: PEOPLE,
    name: 'tenant_mailbox',
    keys: { tenantId: 1, mailboxDueAt: 1 },
    options: { partialFilterExpression: { mailboxDueAt: { $exists: true } } },
    serves: 'mailbox settings that are due',
  },
  {
    collection: PEOPLE,
    name: 'tenant_ripening',
    keys: { tenantId: 1, 'ripening.since': 1 },
    options: { partialFilterExpression: { 'ripening.since': { $type: 'date' } } },
    serves: 'takings that ripen, for the guard',
  },
  {
    collection: PEOPLE,
    name: 'waits_for',
    keys: { waitsFor: 1 },
    options: { partialFilterExpression: { 'waitsFor.0': { $exists: true } } },
    serves: 'who waits for a freed address',
  },
];

/**
 * Queries name their index: while a tenant is being filled, all look alike to MongoDB, and it remembers its choice.
 */
export function createPeople({ store }: { store: Store }): People {
  const rows = store.collection<PersonRow>(PEOPLE);

  return {
    load: async ({ tenantId, objectIds }, session) => {
      const ids = objectIds.map((objectId) => rowId(tenantId, objectId));
      const found = await rows.find({ _id: { $in: ids } }, withSession(session)).toArray();
      return new Map(found.map((row) => [row.objectId, row]));
    },
    write: async (operations, session) => {
      if (operations.length > 0) await rows.bulkWrite(operations, { session, ordered: false });
    },
    wanting: (tenantId, emailKeys, session) =>
      rows
        .find({ tenantId, wantedEmailKey: { $in: [...emailKeys] } }, withSession(session))
        .hint('tenant_wanted_email')
        .toArray(),
    enter,
    dueLooks: (tenantId, now, limit) =>
      rows
        .find({ tenantId, 'look.at': { $lte: now } })
        .hint('tenant_look')
        .limit(limit)
        .toArray(),
    clearLooks: async (ids, now) => {
      await rows.updateMany({ _id: { $in: [...ids] }, 'look.at': { $lte: now } }, [{ $set: { 'look.at': null } }]);
    },
    dueMailboxes: (tenantId, now, limit) =>
      rows
        .find({ tenantId, mailboxDueAt: { $lte: now } })
        .hint('tenant_mailbox')
        .sort({ mailboxDueAt: 1 })
        .limit(limit)
        .toArray(),
    count: (tenantId, limit) => rows.countDocuments({ tenantId }, { limit, hint: 'tenant_groups' }),
    groupCounts,
    holders: (tenantId, groupIds) => idsOf(rows.find({ tenantId, groupIds: { $in: [...groupIds] } })),
    everyone: (tenantId) => idsOf(rows.find({ tenantId })),
    ripening,
  };

  async function enter(tenantId: string, objectIds: readonly string[]): Promise<void> {
    if (objectIds.length === 0) return;
    const operations = objectIds.map((objectId) => {
      const { _id, ...fields } = unreadRow(tenantId, objectId);
      return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } };
    });
    await rows.bulkWrite(operations, { ordered: false });
  }

  async function groupCounts(tenantId: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const found = rows
      .find({ tenantId })
      .project<{ objectId: string; groups: number }>({ _id: 0, objectId: 1, groups: { $size: '$groupIds' } })
      .batchSize(ROWS_A_BATCH);
    for await (const { objectId, groups } of found) counts.set(objectId, groups);
    return counts;
  }

  function ripening(tenantId: string, session?: ClientSession): Promise<RipeningRow[]> {
    return rows
      .find({ tenantId, 'ripening.since': { $type: 'date' } }, withSession(session))
      .hint('tenant_ripening')
      .project<RipeningRow>({ _id: 0, objectId: 1, ripening: 1 })
      .toArray();
  }
}

function withSession(session?: ClientSession): { session?: ClientSession } {
  return session ? { session } : {};
}

async function* idsOf(found: FindCursor<PersonRow>): AsyncIterable<string> {
  const rows = found.batchSize(ROWS_A_BATCH).project<Pick<PersonRow, 'objectId'>>({ _id: 0, objectId: 1 });
  for await (const { objectId } of rows) yield objectId;
}
