import type { ClientSession } from 'mongodb';
import type { Store } from '../store/connect.js';
import { raiseLive } from '../store/live.js';

/**
 * Where catch-up of a tenant stands. Users and groups are read in one round, so that one figure speaks for both. The
 * links never pass what a run has listed and not applied yet: whoever is known by its lists alone is named again after.
 */
export interface CursorRow {
  /** Tenant. */
  readonly _id: string;
  /** Delta links; null: none yet, or lost, and a full read has to come first. */
  readonly users: string | null;
  readonly groups: string | null;
  /** When Graph gave them: it keeps them for 7 days. Absent in old rows. */
  readonly linkedAt?: Date | null;
  /** When links were last given up because Graph refused them without a reason that we know. Absent: never. */
  readonly refusedAt?: Date;
  /** Number of the last round that began, or of the last run that did: no round keeps what an older number read. */
  readonly round: number;
  /** Somebody wants a round begun after this moment. */
  readonly askedAt: Date | null;
  readonly roundAt: Date | null;
  /** A round that ended completely, whose objects are being read. */
  readonly pending: { readonly round: number; readonly startedAt: Date } | null;
  readonly verifiedUntil: { readonly users: Date | null; readonly groups: Date | null };
  /** Mapped groups whose lists a run has applied: of others nobody is known. Absent in old rows: all of them. */
  readonly groupsIn?: readonly string[];
}

export const CURSORS = 'cursors';

type CursorChange = Partial<Omit<CursorRow, '_id'>>;

interface CursorOf {
  readonly tenantId: string;
  readonly enterpriseId: string;
}

export interface Cursors {
  load(tenantId: string): Promise<CursorRow>;
  /** Where its delta links stand, for people who look. */
  standing(tenantId: string): Promise<{ readonly linkedAt: Date | null; readonly round: number }>;
  /** In a transaction of the tenant's owner: whose lease is over moves nothing. */
  update(session: ClientSession, tenantId: string, change: CursorChange): Promise<void>;
  /** A new number, for a round or for the reading of a run: whatever round is under way keeps nothing any more. */
  begin(session: ClientSession, tenantId: string, change?: CursorChange): Promise<number>;
  /** Keeps what a round came to, unless something else has begun since; as `update`. */
  keepRound(session: ClientSession, of: { tenantId: string; round: number }, change: CursorChange): Promise<boolean>;
  /** A connection begins: what an earlier one knew is not known of this one. As `update`. */
  forget(session: ClientSession, tenantId: string): Promise<void>;
  /** Asks the tenant's owner for a round now. */
  ask(tenantId: string, at: Date): Promise<void>;
  /** Moves `verifiedUntil` ahead, never back (law L15), and tells who watches; as `update`. */
  verify(session: ClientSession, of: CursorOf, until: Date): Promise<void>;
  /** The least `verifiedUntil` of these tenants; null where none of them has one. */
  leastVerified(tenantIds: readonly string[]): Promise<Date | null>;
}

export function createCursors({ store }: { store: Store }): Cursors {
  const rows = store.collection<CursorRow>(CURSORS);
  const load = async (tenantId: string) => (await rows.findOne({ _id: tenantId })) ?? emptyCursor(tenantId);
  const set = async (tenantId: string, change: CursorChange, options: { readonly session?: ClientSession } = {}) => {
    const update = { $set: change, $setOnInsert: without(tenantId, change) };
    await rows.updateOne({ _id: tenantId }, update, { ...options, upsert: true });
  };
  return {
    load,
    standing: async (tenantId) => {
      const cursor = await load(tenantId);
      return { linkedAt: linkedAtOf(cursor), round: cursor.round };
    },
    update: (session, tenantId, change) => set(tenantId, change, { session }),
    begin: async (session, tenantId, change = {}) => {
      const update = { $inc: { round: 1 }, $set: change, $setOnInsert: without(tenantId, { round: 0, ...change }) };
      const options = { session, upsert: true, returnDocument: 'after' } as const;
      return (await rows.findOneAndUpdate({ _id: tenantId }, update, options))?.round ?? 0;
    },
    keepRound: async (session, { tenantId, round }, change) =>
      (await rows.updateOne({ _id: tenantId, round }, { $set: change }, { session })).matchedCount === 1,
    forget: async (session, tenantId) => {
      const { users, groups, pending, verifiedUntil, groupsIn } = emptyCursor(tenantId);
      await set(tenantId, { users, groups, pending, verifiedUntil, groupsIn: groupsIn ?? [] }, { session });
    },
    ask: (tenantId, askedAt) => set(tenantId, { askedAt }),
    verify: async (session, { tenantId, enterpriseId }, until) => {
      const ahead = { $max: { 'verifiedUntil.users': until, 'verifiedUntil.groups': until } };
      const { modifiedCount } = await rows.updateOne({ _id: tenantId }, ahead, { session });
      if (modifiedCount > 0) raiseLive(session, enterpriseId, 'changes');
    },
    leastVerified: async (tenantIds) => {
      const found = rows.find({ _id: { $in: [...tenantIds] }, 'verifiedUntil.users': { $ne: null } });
      const [least] = await found.sort({ 'verifiedUntil.users': 1 }).limit(1).toArray();
      return least?.verifiedUntil.users ?? null;
    },
  };
}

/** When Graph gave the delta links; null: there are none. */
export function linkedAtOf({ users, groups, linkedAt, roundAt }: CursorRow): Date | null {
  return users && groups ? (linkedAt ?? roundAt) : null;
}

function emptyCursor(tenantId: string): CursorRow {
  const verifiedUntil = { users: null, groups: null };
  return {
    _id: tenantId,
    users: null,
    groups: null,
    round: 0,
    askedAt: null,
    roundAt: null,
    pending: null,
    verifiedUntil,
    groupsIn: [],
  };
}

/** What an insert adds beside the change itself. */
function without(tenantId: string, change: object): Partial<CursorRow> {
  const rest = Object.entries(emptyCursor(tenantId)).filter(([name]) => name !== '_id' && !(name in change));
  return Object.fromEntries(rest);
}
