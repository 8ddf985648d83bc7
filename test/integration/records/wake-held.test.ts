import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { unreadRow } from '../../../src/mirror/next-row.js';
import { createPeople, PEOPLE_INDEXES } from '../../../src/mirror/people-store.js';
import { PEOPLE, type PersonRow } from '../../../src/mirror/types.js';
import { DECISION_INDEXES } from '../../../src/records/decisions.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { DECISIONS, type DecisionRow, USERS, type UserRow } from '../../../src/records/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { createLooksWork } from '../../../src/sync/looks-work.js';
import type { Gate } from '../../../src/sync/may-work.js';
import type { Owner } from '../../../src/sync/owner.js';
import type { UntilDue } from '../../../src/sync/pacing/until-due.js';
import { ripeningElsewhere } from '../../../src/sync/plan/guard/guard-facts.js';
import { wakeHeld } from '../../../src/sync/plan/guard/wake-held.js';
import type { BatchPlan } from '../../../src/sync/plan/plan-people.js';
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

/** So many people whose archive is held. */
async function heldAre(count: number): Promise<void> {
  await rows().deleteMany({});
  const ripening = { since: NOW, takings: ['archive'] };
  const held = Array.from({ length: count }, (_, n) => ({
    ...unreadRow('t1', `o${n}`),
    waitsFor: ['approval:t1'],
    ripening,
  }));
  await rows().insertMany(held as PersonRow[]);
}

/** Somebody else's account was disabled and is enabled again before that was ripe; answers who is looked at again. */
async function lookedAtThen(): Promise<number> {
  const { store } = database;
  const rowBefore = { ...unreadRow('t1', 'other'), ripening: { since: NOW, takings: ['archive'] } };
  const draft = {
    ...{ read: { objectId: 'other' }, rowBefore, row: unreadRow('t1', 'other'), user: null },
    ...{ projection: { takes: [] }, approved: new Set(), refused: [] },
  };
  const context = { integration: { inEffect: { settings: { removalBrakePercent: 25 } } } };
  const plan = { context, people: [{ draft, accepted: [] }] } as unknown as BatchPlan;
  const deps = { store, people: createPeople({ store }) };
  await store.transaction((session) => wakeHeld(deps, { scope, plan, now: NOW }, session));
  return rows().countDocuments({ 'look.at': { $lte: NOW } });
}

test('while the limit is exceeded nobody of those who are held is read again because a removal of somebody else ends', async () => {
  await heldAre(20);
  expect(await lookedAtThen()).toBe(0);
});

test('once so few are pending that the limit holds, all of them are looked at again, and no change is touched for it', async () => {
  await heldAre(8);
  expect(await lookedAtThen()).toBe(8);
  expect(await database.store.collection('changes').countDocuments({})).toBe(0);
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
  await heldAre(3);
  const said = (subject: string, n: number): DecisionRow => ({
    ...{ _id: `e1:o${n}:${subject}`, enterpriseId: 'e1', objectId: `o${n}`, userId: `u${n}`, subject },
    ...{ valueHash: 'x', verdict: 'declined', by: 'maia', at: NOW, until: null },
  });
  const fields = Array.from({ length: 500 }, (_, n) => said('field:mobilePhone', n));
  await store.collection<DecisionRow>(DECISIONS).insertMany([...fields, said('archive', 0)]);
  await store.db.command({ profile: 2 });
  const pending = await ripeningElsewhere({ store, people: createPeople({ store }) }, { scope, now: NOW }, new Set());
  await store.db.command({ profile: 0 });
  expect(pending.map(({ personId }) => personId).sort()).toEqual(['o1', 'o2']);
  const ns = `${store.db.databaseName}.${DECISIONS}`;
  const found = await store.db.collection('system.profile').find({ ns, op: 'query' }).toArray();
  expect(found.map(({ docsExamined }) => docsExamined)).toEqual([1]);
});
