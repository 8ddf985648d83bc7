import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { unreadRow } from '../../../src/mirror/next-row.js';
import { createPeople, PEOPLE_INDEXES } from '../../../src/mirror/people-store.js';
import { PEOPLE, type PersonRow } from '../../../src/mirror/types.js';
import { DECISION_INDEXES } from '../../../src/records/decisions.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import {
  DECISIONS,
  type DecisionRow,
  LEDGER,
  type LedgerRow,
  USERS,
  type UserRow,
} from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { createLooksWork } from '../../../src/sync/looks-work.js';
import type { Gate } from '../../../src/sync/may-work.js';
import type { Owner } from '../../../src/sync/owner.js';
import type { UntilDue } from '../../../src/sync/pacing/until-due.js';
import { ripeningElsewhere } from '../../../src/sync/plan/guard/guard-facts.js';
import { createWakeHeld } from '../../../src/sync/plan/guard/wake-held.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';

const LINKED = 40;
const NOW = new Date('2026-03-02T10:00:00Z');
const scope = { enterpriseId: 'e1', tenantId: 't1' };

let database: TestStore;
beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, [...PEOPLE_INDEXES, ...DECISION_INDEXES, ...USER_INDEXES]);
  const users = Array.from({ length: LINKED }, (_, n) => ({
    ...{ _id: `u${n}`, enterpriseId: 'e1', status: 'active', memberships: [] },
    entra: { tenantId: 't1', objectId: `o${n}` },
  }));
  await database.store.collection<UserRow>(USERS).insertMany(users as unknown as UserRow[]);
});
afterAll(() => database?.drop());

const rows = () => database.store.collection<PersonRow>(PEOPLE);

/** So many people whose archive is held, of these people. */
async function heldAre(count: number, verdict: DecisionRow['verdict'] = 'held', from = 0): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) => `o${from + n}`);
  const ripening = { since: NOW, takings: ['archive'] };
  const waiting = ids.map((id) => ({ ...unreadRow('t1', id), waitsFor: ['approval:t1'], ripening }));
  await rows().insertMany(waiting as PersonRow[]);
  const about = { enterpriseId: 'e1', userId: null, subject: 'archive', valueHash: 'x', by: 'guard' };
  const said = ids.map((objectId) => ({
    _id: `e1:${objectId}:archive`,
    objectId,
    ...about,
    verdict,
    at: NOW,
    until: null,
  }));
  await database.store.collection<DecisionRow>(DECISIONS).insertMany(said);
}

/** So many people were archived because somebody approved it. */
async function approvedWere(count: number, from: number): Promise<void> {
  const { store } = database;
  const ids = Array.from({ length: count }, (_, n) => from + n);
  await store
    .collection<UserRow>(USERS)
    .updateMany({ _id: { $in: ids.map((n) => `u${n}`) } }, { $set: { status: 'archived' } });
  const entries = ids.map((n) => ({
    ...{ _id: `l${n}`, enterpriseId: 'e1', userId: `u${n}`, objectId: `o${n}`, kind: 'archive', taking: 'archive' },
    ...{ teamId: null, at: NOW, approved: true, cause: { by: 'recheck' } },
  }));
  await store.collection<LedgerRow>(LEDGER).insertMany(entries as unknown as LedgerRow[]);
}

/** Whom an owner that begins has read again of those who are held. */
async function woken(): Promise<string[]> {
  const { store } = database;
  const clock = createManualClock(NOW);
  const changes = createChanges({ store, clock, chance: systemChance });
  const ended = new AbortController();
  let looks = 0;
  const isOpen = async () => {
    looks += 1;
    if (looks > 1) ended.abort();
    return true;
  };
  const inEffect = { settings: { removalBrakePercent: 25 } };
  const gate = { isOpen, integration: async () => ({ inEffect }) } as unknown as Gate;
  const apply = { endedUntaken: () => false };
  const work = createWakeHeld({ store, people: createPeople({ store }), changes, gate, clock, apply });
  await work.run({ ...scope, signal: ended.signal } as Owner).catch(() => undefined);
  return (await changes.list({ tenantId: 't1', limit: 1_000 })).rows.map(({ objectId }) => objectId).sort();
}

beforeEach(async () => {
  const { store } = database;
  for (const name of [PEOPLE, DECISIONS, LEDGER, 'changes']) await store.collection(name).deleteMany({});
  await store.collection<UserRow>(USERS).updateMany({}, { $set: { status: 'active', memberships: [] } });
});

test('while the limit is exceeded nobody of those who are held is read again', async () => {
  await heldAre(20);
  expect(await woken()).toEqual([]);
});

test('once so few are pending that the limit holds, all of them are read again', async () => {
  await heldAre(8);
  expect(await woken()).toHaveLength(8);
});

test('nobody is read again for nothing where what was decided since makes the rest too many', async () => {
  await heldAre(4);
  await heldAre(2, 'refused', 4);
  await approvedWere(6, 6);
  expect(await woken()).toEqual([]);
});

test('nobody is read again for nothing whom only a limit of their team holds', async () => {
  const team = { memberships: [{ teamId: 'south' }] } as unknown as Partial<UserRow>;
  const south = Array.from({ length: 8 }, (_, n) => `u${n}`);
  await database.store.collection<UserRow>(USERS).updateMany({ _id: { $in: south } }, { $set: team });
  await heldAre(6);
  expect(await woken()).toEqual([]);
  await heldAre(1, 'held', 20);
  expect(await woken()).toEqual(['o20']);
});

test('that somebody was held for days is no latency: only of others does a look tell since when Graph had told of them', async () => {
  const { store } = database;
  await heldAre(1);
  const told = { notifiedAt: new Date(NOW.getTime() - 72 * 3_600_000), look: { at: NOW, index: 0 } };
  await rows().updateMany({}, { $set: told });
  await rows().insertOne({ ...unreadRow('t1', 'other'), ...told });
  const changes = createChanges({ store, clock: createManualClock(NOW), chance: systemChance });
  const ended = new AbortController();
  const works = createLooksWork({
    ...{ people: createPeople({ store }), changes, clock: createManualClock(NOW) },
    gate: { isOpen: async () => true } as unknown as Gate,
    untilDue: { looks: async () => ended.abort() } as unknown as UntilDue,
  });
  await works.run({ ...scope, signal: ended.signal } as Owner);
  const { rows: noted } = await changes.list({ tenantId: 't1', limit: 10 });
  const since = new Map(noted.map(({ objectId, toldAt }) => [objectId, toldAt]));
  expect([since.get('o0'), since.get('other')]).toEqual([null, told.notifiedAt]);
});

test('what ripens is judged without loading what was declined about fields', async () => {
  const { store } = database;
  await heldAre(1, 'declined');
  await heldAre(2, 'held', 1);
  const said = (subject: string, n: number): DecisionRow => ({
    ...{ _id: `e1:o${n}:${subject}`, enterpriseId: 'e1', objectId: `o${n}`, userId: `u${n}`, subject },
    ...{ valueHash: 'x', verdict: 'declined', by: 'maia', at: NOW, until: null },
  });
  const fields = Array.from({ length: 500 }, (_, n) => said('field:mobilePhone', n));
  await store.collection<DecisionRow>(DECISIONS).insertMany(fields);
  await store.db.command({ profile: 2 });
  const pending = await ripeningElsewhere({ store, people: createPeople({ store }) }, { scope, now: NOW }, new Set());
  await store.db.command({ profile: 0 });
  expect(pending.map(({ personId }) => personId).sort()).toEqual(['o1', 'o2']);
  const ns = `${store.db.databaseName}.${DECISIONS}`;
  const found = await store.db.collection('system.profile').find({ ns, op: 'query' }).toArray();
  expect(found.map(({ docsExamined }) => docsExamined)).toEqual([1]);
});
