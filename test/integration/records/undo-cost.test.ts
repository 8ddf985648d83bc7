import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock.js';
import { ACTIVITY_INDEXES } from '../../../src/records/activities/activity-indexes.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { LEDGER_INDEXES } from '../../../src/records/ledger.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { createUndo, type Undo } from '../../../src/records/undo/undo.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';
import { anEntry, aUser } from '../../unit/records/a-user.js';
import { anActivity } from '../../unit/records/an-activity.js';

const BY = { who: 'maia' };
const clock = createManualClock();
const LOOKED_AT = [USERS, LEDGER, ACTIVITIES, 'teams'];
/** Of everything that is kept for good so many of each person. */
const YEARS = 150;

let database: TestStore;
let undo: Undo;

beforeAll(async () => {
  database = await openTestStore();
  const { store } = database;
  await ensureIndexes(store, [...USER_INDEXES, ...LEDGER_INDEXES, ...ACTIVITY_INDEXES]);
  const deps = { store, clock, chance: systemChance };
  undo = createUndo({ ...deps, changes: createChanges(deps) });
});
afterAll(() => database?.drop());

interface Written {
  readonly name: string;
  readonly user?: Partial<UserRow>;
  readonly entry: Partial<LedgerRow>;
}

const renamed = (name: string): Written => {
  return { name, entry: { kind: 'update', field: 'firstName', before: 'Anna', after: 'Ana' } };
};

/** Of each kind that needs something else of somebody's activities, each about somebody of their own. */
const OF_EACH_KIND: readonly Written[] = [
  renamed('renamed'),
  { name: 'left', entry: { kind: 'leave', teamId: 't1', before: ['m1'] } },
  {
    name: 'joined',
    user: { memberships: [{ teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1'] }] },
    entry: { kind: 'join', teamId: 't1', before: [], after: ['m1'], provenance: { membership: null } },
  },
  { name: 'restored', entry: { kind: 'restore', before: 'archived', after: 'active' } },
  { name: 'uses it by now', entry: { kind: 'create' } },
  {
    name: 'planned',
    entry: {
      ...{ kind: 'activity_update', activityId: 'to come' },
      ...{ before: { name: 'Pole 6' }, after: { name: 'Pole 7' } },
    },
  },
];

/** A run of an enterprise of its own that wrote something about these people. */
async function aRun(runId: string, written: readonly Written[]): Promise<void> {
  const { store } = database;
  await insert('runs', [{ _id: runId, enterpriseId: runId, dry: false, status: 'succeeded' }]);
  await insert('teams', [{ _id: `${runId} t1`, enterpriseId: runId, organisationId: 'o1' }]);
  const rows = written.map(({ name, user, entry }) => {
    const id = `${runId} ${name}`;
    const about = { enterpriseId: runId, userId: id, objectId: `object ${id}` };
    const team = entry.teamId ? { teamId: `${runId} ${entry.teamId}` } : {};
    const activity = entry.activityId ? { activityId: `${id} ${entry.activityId}` } : {};
    const entra = { tenantId: 't1', objectId: about.objectId, linkedBy: 'sync', linkedAt: clock.now() } as const;
    const memberships = (user?.memberships ?? []).map((each) => ({ ...each, teamId: `${runId} ${each.teamId}` }));
    return {
      entry: anEntry({ ...about, _id: id, cause: cause(runId), at: clock.now(), ...entry, ...team, ...activity }),
      user: aUser({
        ...{ _id: id, enterpriseId: runId, status: 'active', email: `${id}@x`, emailKey: `${id}@x`, memberships },
        entra: { ...entra, lastSynced: {} },
      }),
      activity: anActivity({ ...about, _id: `${id} to come`, ...from(clock.nowMs() + HOUR_MS) }),
    };
  });
  await store.collection<UserRow>(USERS).insertMany(rows.map(({ user }) => user));
  await store.collection<LedgerRow>(LEDGER).insertMany(rows.map(({ entry }) => entry));
  await store.collection<ActivityRow>(ACTIVITIES).insertMany(rows.map(({ activity }) => activity));
}

/** What these people did in years, and what the sync wrote about them. `side`: -1 before the run, 1 since. */
async function years(runId: string, written: readonly Written[], side: 1 | -1): Promise<void> {
  const { store } = database;
  const all = written.flatMap(({ name }) => numbers(YEARS).map((n) => ({ userId: `${runId} ${name}`, n })));
  const activities = all.flatMap(({ userId, n }) => {
    const about = { enterpriseId: runId, userId, ...from(clock.nowMs() - (n + 3) * DAY_MS) };
    const name = `${userId} ${side} ${n}`;
    // Finished, or planned and never begun.
    return [
      anActivity({ ...about, _id: `${name} done`, status: 'finished' }),
      anActivity({ ...about, _id: `${name} never` }),
    ];
  });
  const entries = all.flatMap(({ userId, n }) => {
    const about = { enterpriseId: runId, userId, objectId: `object ${userId}`, kind: 'activity_update' } as const;
    const at = new Date(clock.nowMs() + side * (n + 1) * DAY_MS);
    const id = `${userId} ${side} ${n}`;
    return [
      anEntry({ ...about, _id: `${id} read`, at, cause: cause(null) }),
      anEntry({ ...about, _id: `${id} by hand`, at, cause: { by: 'person', who: 'test', reason: null } }),
    ];
  });
  await store.collection<ActivityRow>(ACTIVITIES).insertMany(activities);
  await store.collection<LedgerRow>(LEDGER).insertMany(entries);
  await insert(
    'teams',
    numbers(YEARS).map((n) => ({ _id: `${runId} ${side} ${n}`, enterpriseId: runId })),
  );
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const from = (start: number) => ({ scheduledStart: new Date(start), scheduledFinish: new Date(start + HOUR_MS) });
const cause = (runId: string | null) => ({ by: 'run', traceId: null, runId, graphRequestId: null }) as const;

async function insert(collection: string, rows: ({ _id: string } & Record<string, unknown>)[]): Promise<void> {
  await database.store.collection<{ _id: string }>(collection).insertMany(rows);
}

/** What mongod looks at in collections that grow for it to be done, by its own word. */
async function costOf<T>(act: () => Promise<T>): Promise<{ answer: T; docs: number; keys: number }> {
  const { db } = database.store;
  // Of its own size it would forget the first pages.
  await db.createCollection('system.profile', { capped: true, size: 2 ** 25 });
  await db.command({ profile: 2 });
  const answer = await act();
  await db.command({ profile: 0 });
  const ns = { $in: LOOKED_AT.map((name) => `${db.databaseName}.${name}`) };
  const profiled = await db.collection('system.profile').find({ ns }).toArray();
  await db.collection('system.profile').drop();
  const sum = (of: string) => profiled.reduce((total, each) => total + (each[of] ?? 0), 0);
  return { answer, docs: sum('docsExamined'), keys: sum('keysExamined') };
}

test('the undo of a run looks at what it takes back, not at what its people did in years before and since', async () => {
  await aRun('young', OF_EACH_KIND);
  await aRun('old', OF_EACH_KIND);
  for (const side of [-1, 1] as const) await years('old', OF_EACH_KIND, side);
  const young = await costOf(() => undo.run('young', 'young', BY));
  const old = await costOf(() => undo.run('old', 'old', BY));
  expect(young.answer).toMatchObject({ undone: 5, people: 5, skipped: [{ kind: 'create' }] });
  expect(old.answer).toMatchObject({ undone: 5, people: 5, skipped: [{ kind: 'create' }] });
  // Years would be thousands; a range is left by one more.
  expect(old.docs).toBeLessThan(young.docs + 10);
  expect(old.keys).toBeLessThan(young.keys + 10 * OF_EACH_KIND.length);
});

test('what the undo of a person would do is known from the newest entries, however many there are', async () => {
  await aRun('calm', OF_EACH_KIND);
  await years('calm', OF_EACH_KIND, -1);
  for (const { name } of OF_EACH_KIND) {
    const shown = await costOf(() => undo.previewPerson({ enterpriseId: 'calm', person: `calm ${name}` }));
    expect(shown.answer.steps.length + shown.answer.skipped.length).toBe(1);
    expect({ name, isLittle: shown.docs < 60 && shown.keys < 80 }).toEqual({ name, isLittle: true });
  }
});

test('a page of a big run costs what is on the page', async () => {
  await aRun(
    'one page',
    numbers(200).map((n) => renamed(`${n}`)),
  );
  await aRun(
    'three pages',
    numbers(600).map((n) => renamed(`${n}`)),
  );
  const one = await costOf(() => undo.run('one page', 'one page', BY));
  const three = await costOf(() => undo.run('three pages', 'three pages', BY));
  expect(three.answer).toMatchObject({ undone: 600 });
  expect(three.docs).toBeLessThanOrEqual(3 * one.docs);
});
