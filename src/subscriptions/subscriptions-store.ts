import type { Collection } from 'mongodb';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import type { InstantPage } from '../store/pages/instant-pages.js';
import { keyedPage } from '../store/pages/keyed-pages.js';
import { SUBSCRIPTIONS, type SubscriptionRow } from './types.js';

/** What ends before these moments is renewed now: each kind has a life of its own. */
export interface RenewalEnds {
  readonly directoryBefore: Date;
  readonly mailboxesBefore: Date;
  /** Mailboxes whose notifications carry the event. */
  readonly richBefore: Date;
}

export interface MeasuredLoss {
  readonly lost: number;
  readonly at: Date;
  readonly since: Date;
}

/** `madeAnew`: it loses notices, and is deleted and made anew by the owner's next plan. */
export type Measured = 'nothing' | 'kept' | 'madeAnew';

/** A row as it was when Graph was asked, and what the answer makes of it. */
export interface Answered {
  readonly row: Pick<SubscriptionRow, '_id' | 'subscriptionId'>;
  readonly change: Partial<SubscriptionRow>;
}

export interface SubscriptionPageWanted extends Partial<Pick<SubscriptionRow, 'tenantId' | 'kind' | 'state'>> {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface SubscriptionRows {
  ofTenant(tenantId: string): Promise<SubscriptionRow[]>;
  all(): Promise<SubscriptionRow[]>;
  /** The next to end first; those that have no end yet before them. */
  page(wanted: SubscriptionPageWanted): Promise<InstantPage<SubscriptionRow>>;
  /** Tenants that have a row. */
  tenants(): Promise<readonly string[]>;
  byId(id: string): Promise<SubscriptionRow | null>;
  byGraphId(tenantId: string, subscriptionId: string): Promise<SubscriptionRow | null>;
  /** By kind: when the next subscription of these tenants ends. */
  nextEnds(tenantIds: readonly string[]): Promise<ReadonlyMap<SubscriptionRow['kind'], Date>>;
  put(row: SubscriptionRow): Promise<void>;
  byIds(ids: readonly string[]): Promise<SubscriptionRow[]>;
  update(id: string, change: Partial<SubscriptionRow>): Promise<void>;
  /** Rows of which Graph said something, in one bulk; those that are about another subscription by now stay. Answers how many it kept. */
  learn(answers: readonly Answered[]): Promise<number>;
  remove(id: string): Promise<void>;
  /** Asks owners to renew what is due within a time: `renewAt` is moved to now. */
  askRenewal(ends: RenewalEnds, now: Date): Promise<number>;
  /**
   * Keeps what a round of catch-up found to be lost; after two in a row the subscription is asked to be made anew.
   * One that is younger than `since` is not measured: before it was made nobody could tell. A round without loss ends the row only where Graph told something since.
   */
  measured(tenantId: string, resource: string, loss: MeasuredLoss): Promise<Measured>;
  /** Marks that Graph told something; one write a minute and subscription at the most. */
  heard(tenantId: string, subscriptionIds: readonly string[], at: Date): Promise<void>;
}

export const SUBSCRIPTION_INDEXES: readonly IndexDefinition[] = [
  {
    collection: SUBSCRIPTIONS,
    name: 'one_for_a_resource',
    keys: { tenantId: 1, resource: 1 },
    options: { unique: true },
    serves: 'one subscription for a resource of a tenant',
  },
  {
    collection: SUBSCRIPTIONS,
    name: 'by_graph_id',
    keys: { tenantId: 1, subscriptionId: 1 },
    serves: 'what Graph tells about one of them, or through it',
  },
  { collection: SUBSCRIPTIONS, name: 'by_expiry', keys: { expiresAt: 1 }, serves: 'what is due for renewal' },
];

const HEARD_EVERY_MS = 60_000;
const LOSSES_IN_A_ROW = 2;
const LOSING = 'Microsoft Graph told nothing of changes that catch-up found, twice in a row: it is made anew.';

export function createSubscriptionRows({ store }: { store: Store }): SubscriptionRows {
  const rows = store.collection<SubscriptionRow>(SUBSCRIPTIONS);
  return {
    ofTenant: (tenantId) => rows.find({ tenantId }).toArray(),
    all: () => rows.find({}).sort({ expiresAt: 1 }).toArray(),
    page: ({ limit, after, ...filter }) => keyedPage(rows, { filter, by: 'expiresAt', limit, after }),
    tenants: () => rows.distinct('tenantId'),
    byId: (id) => rows.findOne({ _id: id }),
    byGraphId: (tenantId, subscriptionId) => rows.findOne({ tenantId, subscriptionId }),
    nextEnds: (tenantIds) => nextEnds(rows, tenantIds),
    put: async ({ _id, ...fields }) => {
      const { tenantId, resource } = fields;
      await rows.updateOne({ tenantId, resource }, { $set: fields, $setOnInsert: { _id } }, { upsert: true });
    },
    byIds: (ids) => rows.find({ _id: { $in: [...ids] } }).toArray(),
    learn: async (answers) => {
      const operations = answers.map(({ row: { _id, subscriptionId }, change }) => ({
        updateOne: { filter: { _id, subscriptionId }, update: { $set: change } },
      }));
      return operations.length === 0 ? 0 : (await rows.bulkWrite(operations, { ordered: false })).matchedCount;
    },
    update: async (id, change) => {
      await rows.updateOne({ _id: id }, { $set: change });
    },
    remove: async (id) => {
      await rows.deleteOne({ _id: id });
    },
    askRenewal: async ({ directoryBefore, mailboxesBefore, richBefore }, now) => {
      const due = {
        ...{ state: 'active' as const, renewAt: { $gt: now } },
        $or: [
          { kind: { $ne: 'events' as const }, expiresAt: { $lte: directoryBefore } },
          // Null also where old rows have none.
          { kind: 'events' as const, certificateId: null, expiresAt: { $lte: mailboxesBefore } },
          { kind: 'events' as const, certificateId: { $type: 'string' as const }, expiresAt: { $lte: richBefore } },
        ],
      };
      return (await rows.updateMany(due, { $set: { renewAt: now } })).modifiedCount;
    },
    measured,
    heard: async (tenantId, subscriptionIds, at) => {
      const before = new Date(at.getTime() - HEARD_EVERY_MS);
      const filter = { tenantId, subscriptionId: { $in: [...subscriptionIds] } };
      const old = { $or: [{ lastNotificationAt: null }, { lastNotificationAt: { $lt: before } }] };
      if (subscriptionIds.length > 0)
        await rows.updateMany({ ...filter, ...old }, { $set: { lastNotificationAt: at } });
    },
  };

  async function measured(tenantId: string, resource: string, { lost, at, since }: MeasuredLoss): Promise<Measured> {
    const row = await rows.findOne({ tenantId, resource, state: 'active', createdAt: { $lte: since } });
    if (!row) return 'nothing';
    const { lossStreak = 0, lostNotices = 0, lastNotificationAt, lostAt } = row;
    if (lost === 0) {
      const isAlive = lossStreak > 0 && lostAt && lastNotificationAt && lastNotificationAt > lostAt;
      if (isAlive) await rows.updateOne({ _id: row._id }, { $set: { lossStreak: 0 } });
      return 'nothing';
    }
    const isLosing = lossStreak + 1 >= LOSSES_IN_A_ROW;
    const kept = { lostAt: at, lostNotices: lostNotices + lost };
    const anew = { state: 'gone', nextTryAt: null, problem: LOSING, lossStreak: 0, updatedAt: at } as const;
    const change = isLosing ? { ...kept, ...anew } : { ...kept, lossStreak: lossStreak + 1 };
    await rows.updateOne({ _id: row._id, subscriptionId: row.subscriptionId }, { $set: change });
    return isLosing ? 'madeAnew' : 'kept';
  }
}

async function nextEnds(
  rows: Collection<SubscriptionRow>,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<SubscriptionRow['kind'], Date>> {
  const ends = rows.aggregate<{ _id: SubscriptionRow['kind']; expiresAt: Date }>([
    { $match: { tenantId: { $in: [...tenantIds] }, state: 'active', expiresAt: { $type: 'date' } } },
    { $group: { _id: '$kind', expiresAt: { $min: '$expiresAt' } } },
  ]);
  return new Map((await ends.toArray()).map(({ _id, expiresAt }) => [_id, expiresAt]));
}
