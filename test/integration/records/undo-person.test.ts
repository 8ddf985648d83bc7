import { MongoError } from 'mongodb';
import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { ACTIVITY_INDEXES } from '../../../src/records/activities/activity-indexes.js';
import { LEDGER_INDEXES } from '../../../src/records/ledger.js';
import { DECISIONS, LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { createUndo } from '../../../src/records/undo/undo.js';
import { AUDIT_LOG } from '../../../src/store/audit-log.js';
import type { Store } from '../../../src/store/connect.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';
import { anEntry, aUser } from '../../unit/records/a-user.js';

const BY = { who: 'maia' };
const ANA = { enterpriseId: 'e1', person: 'u1' };
const clock = createManualClock();

let database: TestStore;

beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, [...LEDGER_INDEXES, ...ACTIVITY_INDEXES]);
});
afterAll(() => database?.drop());

/** Ana's first name was A, and the sync wrote B and then C. */
beforeEach(async () => {
  const { store } = database;
  for (const name of [USERS, LEDGER, DECISIONS, AUDIT_LOG, 'runs']) await store.collection(name).deleteMany({});
  const entra = { tenantId: 't1', objectId: 'ana', linkedBy: 'sync', linkedAt: clock.now(), lastSynced: {} } as const;
  await store.collection<UserRow>(USERS).insertOne(aUser({ status: 'active', entra, firstName: 'C' }));
  const cause = { by: 'run', traceId: null, runId: 'r1', graphRequestId: null } as const;
  const about = { kind: 'update', field: 'firstName', cause } as const;
  await store
    .collection<LedgerRow>(LEDGER)
    .insertMany([
      anEntry({ ...about, _id: 'older', before: 'A', after: 'B', at: new Date('2026-03-01T00:00:00Z') }),
      anEntry({ ...about, _id: 'newer', before: 'B', after: 'C', at: new Date('2026-03-02T00:00:00Z') }),
    ]);
});

function undoIn(store: Store) {
  const deps = { store, clock, chance: systemChance };
  return createUndo({ ...deps, changes: createChanges(deps) });
}

/** The first commit is answered by nobody, such as when the primary steps down right after it. */
function losingFirstAnswer(store: Store): Store {
  let isLost = false;
  return {
    ...store,
    transaction: async (work) => {
      const result = await store.transaction(work);
      if (isLost) return result;
      isLost = true;
      const error = new MongoError('connection lost');
      error.addErrorLabel('UnknownTransactionCommitResult');
      throw error;
    },
  };
}

const firstName = async () =>
  (await database.store.collection<UserRow>(USERS).findOne({ _id: 'u1' }))?.firstName ?? null;
const lines = () => database.store.collection(AUDIT_LOG).countDocuments();

test.each<[string, object]>([
  ['the newest write', {}],
  ['the write that was shown', { write: 'newer' }],
  ['what was written since', { since: new Date('2026-03-02T00:00:00Z') }],
])('%s is undone once, also where the answer of the commit was lost', async (_, what) => {
  const undo = undoIn(losingFirstAnswer(database.store));
  expect(await undo.person(ANA, what, BY)).toEqual({ undone: 1, people: 1, skipped: [] });
  expect(await firstName()).toBe('B');
  expect(await lines()).toBe(1);
});

test('a run whose undo was not answered is undone, and not undone already', async () => {
  await database.store
    .collection<{ _id: string } & Record<string, unknown>>('runs')
    .insertOne({ _id: 'r1', enterpriseId: 'e1', dry: false, status: 'succeeded' });
  const undo = undoIn(losingFirstAnswer(database.store));
  expect(await undo.run('e1', 'r1', BY)).toEqual({ undone: 2, people: 1, skipped: [] });
  expect(await firstName()).toBe('A');
  expect(await lines()).toBe(1);
});

test('what was shown and somebody has undone meanwhile is said to be undone, and nothing older goes instead', async () => {
  const undo = undoIn(database.store);
  const { write } = await undo.previewPerson(ANA);
  await undo.person(ANA, { write }, BY);
  await expect(undo.person(ANA, { write }, BY)).rejects.toMatchObject({ code: 'already_undone', field: 'write' });
  expect(await firstName()).toBe('B');
});
