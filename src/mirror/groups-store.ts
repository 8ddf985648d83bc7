import type { AnyBulkWriteOperation } from 'mongodb';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { GROUPS, type GroupRow, type GroupRowState, rowId, type Ticket } from './types.js';

export interface GroupSeen {
  readonly groupId: string;
  readonly displayName: string | null;
  readonly state: GroupRowState;
  /** People below it, where they were read too. */
  readonly memberCount?: number | undefined;
  readonly ticket: Ticket;
}

/** The mapped groups and the groups below them: only which, never who is in them (law L9). */
export interface Groups {
  load(tenantId: string, groupIds: readonly string[]): Promise<Map<string, GroupRow>>;
  all(tenantId: string): Promise<GroupRow[]>;
  /** Keeps what was read of some groups; an older read never overwrites a newer one. */
  keep(tenantId: string, seen: readonly GroupSeen[]): Promise<void>;
  /** It did not let its members be read, where a change above it is about them: everybody below it is to be noted. */
  refused(tenantId: string, groupId: string): Promise<void>;
  /** Graph told of it then. */
  told(tenantId: string, groupId: string, at: Date): Promise<void>;
  /** Whether Graph told of one of these mapped groups, or of a group below one, at that time or later. */
  toldSince(tenantId: string, mappedIds: readonly string[], since: Date): Promise<boolean>;
  /** Whether one of them was not there when last read. */
  isAnyMissing(tenantId: string): Promise<boolean>;
  /** Sets which groups lie below some mapped ones, each by its id; a mapped group lies below itself. */
  setBelow(tenantId: string, below: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** How many of them could not be read when they were last looked at, or have hidden members. */
  unreadable(tenantId: string): Promise<number>;
  /** Keeps the groups that are mapped or below a mapped one, however they could be read, and forgets all others. */
  forgetUnmapped(tenantId: string, mappedIds: readonly string[]): Promise<void>;
}

export const GROUP_INDEXES: readonly IndexDefinition[] = [
  { collection: GROUPS, name: 'tenant_above', keys: { tenantId: 1, above: 1 }, serves: 'groups below a mapped one' },
];

export function createGroups({ store }: { store: Store }): Groups {
  const rows = store.collection<GroupRow>(GROUPS);
  return {
    load: async (tenantId, groupIds) => {
      const ids = groupIds.map((groupId) => rowId(tenantId, groupId));
      const found = await rows.find({ _id: { $in: ids } }).toArray();
      return new Map(found.map((row) => [row.groupId, row]));
    },
    all: (tenantId) => rows.find({ tenantId }).toArray(),
    keep,
    unreadable: (tenantId) => rows.countDocuments({ tenantId, state: { $ne: 'ok' } }),
    refused,
    told,
    toldSince,
    isAnyMissing: async (tenantId) => (await rows.findOne({ tenantId, state: 'missing' })) !== null,
    setBelow,
    forgetUnmapped,
  };

  /** In one round: a run keeps hundreds of groups, of which hardly any differs. */
  async function keep(tenantId: string, seen: readonly GroupSeen[]): Promise<void> {
    const operations = seen.flatMap((group) => keepOperations(tenantId, group));
    if (operations.length > 0) await rows.bulkWrite(operations);
  }

  async function setBelow(tenantId: string, below: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const known = await rows.find({ tenantId, above: { $in: [...below.keys()] } }).toArray();
    const operations = [...below].flatMap(([mappedId, groupIds]) => {
      const wanted = new Set([mappedId, ...groupIds]);
      const here = known.filter(({ above }) => above.includes(mappedId));
      const have = new Set(here.map(({ groupId }) => groupId));
      const gone = here.filter(({ groupId }) => !wanted.has(groupId));
      const added = [...wanted].filter((groupId) => !have.has(groupId)).map((id) => putBelow(tenantId, id, mappedId));
      if (gone.length === 0) return added;
      const filter = { _id: { $in: gone.map(({ _id }) => _id) } };
      return [...added, { updateMany: { filter, update: { $pull: { above: mappedId } } } }];
    });
    if (operations.length > 0) await rows.bulkWrite(operations, { ordered: false });
  }

  /** A mapped group that could not be read lies below itself all the same: only then does a change of it count. */
  async function forgetUnmapped(tenantId: string, mappedIds: readonly string[]): Promise<void> {
    const ids = [...mappedIds];
    const notItself = { tenantId, groupId: { $in: ids }, $expr: { $not: [{ $in: ['$groupId', '$above'] }] } };
    await rows.updateMany(notItself, [{ $set: { above: { $concatArrays: ['$above', ['$groupId']] } } }]);
    const stale = { tenantId, above: { $elemMatch: { $nin: ids } } };
    await rows.updateMany(stale, { $pull: { above: { $nin: ids } } });
    await rows.deleteMany({ tenantId, above: { $size: 0 } });
  }

  async function refused(tenantId: string, groupId: string): Promise<void> {
    await rows.updateOne({ _id: rowId(tenantId, groupId) }, { $set: { state: 'unreadable' } });
  }

  async function told(tenantId: string, groupId: string, at: Date): Promise<void> {
    await rows.updateOne({ _id: rowId(tenantId, groupId) }, { $max: { notifiedAt: at } });
  }

  async function toldSince(tenantId: string, mappedIds: readonly string[], since: Date): Promise<boolean> {
    const toldLately = { tenantId, above: { $in: [...mappedIds] }, notifiedAt: { $gte: since } };
    return (await rows.findOne(toldLately)) !== null;
  }
}

/** Repeatable and ordered by ticket: what an older read said is not written over a newer one. */
function keepOperations(
  tenantId: string,
  { groupId, displayName, state, memberCount, ticket }: GroupSeen,
): AnyBulkWriteOperation<GroupRow>[] {
  const _id = rowId(tenantId, groupId);
  const newer = [
    { 'ticket.epoch': { $lt: ticket.epoch } },
    { 'ticket.epoch': ticket.epoch, 'ticket.number': { $lt: ticket.number } },
  ];
  const name = displayName === null ? {} : { displayName };
  const seen = { state, ...name, ...(memberCount === undefined ? {} : { memberCount }) };
  const differs = { $or: Object.entries(seen).map(([field, value]) => ({ [field]: { $ne: value } })) };
  return [
    { updateOne: { filter: { _id }, update: { $setOnInsert: emptyRow(tenantId, groupId) }, upsert: true } },
    { updateOne: { filter: { _id, $and: [{ $or: newer }, differs] }, update: { $set: { ...seen, ticket } } } },
  ];
}

function putBelow(tenantId: string, groupId: string, mappedId: string): AnyBulkWriteOperation<GroupRow> {
  const { above: _above, ...fields } = emptyRow(tenantId, groupId);
  const update = { $setOnInsert: fields, $addToSet: { above: mappedId } };
  return { updateOne: { filter: { _id: rowId(tenantId, groupId) }, update, upsert: true } };
}

function emptyRow(tenantId: string, groupId: string): Omit<GroupRow, '_id'> {
  return { tenantId, groupId, displayName: null, state: 'ok', above: [], ticket: { epoch: 0, number: 0 } };
}
