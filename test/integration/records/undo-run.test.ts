import { createChanges } from '../../../src/changes/create-changes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { ACTIVITY_INDEXES } from '../../../src/records/activities/activity-indexes.js';
import { IS_OUT } from '../../../src/records/activities/leavers.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { LEDGER_INDEXES } from '../../../src/records/ledger.js';
import { USER_INDEXES } from '../../../src/records/people/user-indexes.js';
import { LEDGER, type LedgerRow, USERS, type UserRow } from '../../../src/records/types.js';
import { createUndo, type Undo } from '../../../src/records/undo/undo.js';
import { AUDIT_LOG, type AuditRow } from '../../../src/store/audit-log.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { createManualClock } from '../../support/manual-clock.js';
import { anEntry, aUser } from '../../unit/records/a-user.js';
import { anActivity } from '../../unit/records/an-activity.js';

const BY = { who: 'maia', reason: 'a mistake in the directory' };
const clock = createManualClock();

let database: TestStore;
let undo: Undo;

beforeAll(async () => {
  database = await openTestStore();
  await ensureIndexes(database.store, [...USER_INDEXES, ...LEDGER_INDEXES, ...ACTIVITY_INDEXES]);
  const { store } = database;
  const deps = { store, clock, chance: systemChance };
  undo = createUndo({ ...deps, changes: createChanges(deps) });
});

afterAll(() => database?.drop());

/** Who a run wrote, and what it wrote about them. */
interface Written {
  readonly user: UserRow;
  readonly entry: LedgerRow;
}

const address = (name: string) => `${name}@example.com`;

function person(_id: string, user: Partial<UserRow> = {}): UserRow {
  const entra = { tenantId: 't1', objectId: `object-${_id}`, linkedBy: 'sync', linkedAt: clock.now() } as const;
  const key = address(_id);
  return aUser({ _id, email: key, emailKey: key, entra: { ...entra, lastSynced: {} }, ...user });
}

function written(runId: string, user: UserRow, entry: Partial<LedgerRow>): Written {
  const cause = { by: 'run', traceId: null, runId, graphRequestId: null } as const;
  const about = { _id: `${runId} ${user._id}`, userId: user._id, objectId: user.entra?.objectId ?? null };
  return { user, entry: anEntry({ ...about, cause, at: clock.now(), kind: 'update', ...entry }) };
}

/** Somebody whom the run gave another address. */
function mover(runId: string, name: string, [before, after]: readonly [string, string]): Written {
  const [was, is] = [address(before), address(after)];
  return written(runId, person(name, { email: is, emailKey: is }), { field: 'email', before: was, after: is });
}

function renamed(runId: string, name: string): Written {
  return written(runId, person(name), { field: 'firstName', before: 'Anna', after: 'Ana' });
}

async function insert(collection: string, row: { _id: string } & Record<string, unknown>): Promise<void> {
  await database.store.collection<{ _id: string }>(collection).insertOne(row);
}

async function aRun(runId: string, rows: readonly Written[]): Promise<void> {
  const { store } = database;
  await insert('runs', { _id: runId, enterpriseId: 'e1', dry: false, status: 'succeeded' });
  await store.collection<UserRow>(USERS).insertMany(rows.map(({ user }) => user));
  await store.collection<LedgerRow>(LEDGER).insertMany(rows.map(({ entry }) => entry));
}

const emailKeyOf = async (_id: string) =>
  (await database.store.collection<UserRow>(USERS).findOne({ _id }))?.emailKey ?? null;

async function auditOf(runId: string): Promise<number[]> {
  const lines = await database.store.collection<AuditRow>(AUDIT_LOG).find({ 'before.runId': runId }).toArray();
  return lines.map(({ after }) => (after as { people: number }).people);
}

test('a big run is undone some people at a time, each time with its line in the audit log, and swaps are never cut', async () => {
  const pairs = Array.from({ length: 149 }, (_, n) => n);
  await aRun('swaps', [
    ...pairs.map((n) => mover('swaps', `left-${n}`, [`left-${n}`, `right-${n}`])),
    mover('swaps', 'single', ['single', 'single-2']),
    ...pairs.map((n) => mover('swaps', `right-${n}`, [`right-${n}`, `left-${n}`])),
    ...Array.from({ length: 120 }, (_, n) => renamed('swaps', `renamed-${n}`)),
  ]);
  const { undone, people, skipped } = await undo.run('e1', 'swaps', BY);
  expect({ undone, people, skipped }).toEqual({ undone: 419, people: 419, skipped: [] });
  for (const name of ['left-0', 'right-0', 'left-148', 'right-148', 'single'])
    expect(await emailKeyOf(name)).toBe(address(name));
  expect(await database.store.collection(USERS).countDocuments({ firstName: 'Anna' })).toBe(120);
  const lines = await auditOf('swaps');
  expect(lines).toHaveLength(3);
  expect(Math.max(...lines)).toBeLessThanOrEqual(200);
  expect(lines.reduce((sum, each) => sum + each, 0)).toBe(419);
  await expect(undo.run('e1', 'swaps', BY)).rejects.toMatchObject({ code: 'already_undone', field: 'run' });
  expect(await auditOf('swaps')).toHaveLength(3);
});

test('whoever has an address that somebody wants back goes first, on another page or on the same', async () => {
  const facts = { firstName: 'Ana', lastName: null, mobilePhone: null, country: null, timeZone: null };
  const newcomer = (n: number) => {
    const email = address(`moved-${n}`);
    const user = person(`newcomer-${n}`, { email, emailKey: email });
    return written('passed-on', user, { kind: 'create', after: { ...facts, email } });
  };
  const numbers = Array.from({ length: 150 }, (_, n) => n);
  await aRun('passed-on', [
    ...numbers.map((n) => mover('passed-on', `moved-${n}`, [`moved-${n}`, `new-${n}`])),
    ...numbers.map(newcomer),
  ]);
  expect(await undo.run('e1', 'passed-on', BY)).toEqual({ undone: 300, people: 300, skipped: [] });
  expect(await emailKeyOf('moved-149')).toBe(address('moved-149'));
  expect(await database.store.collection<UserRow>(USERS).countDocuments({ _id: /^newcomer/ })).toBe(0);
});

test('law L6: whoever waits for another leader is looked at again when a leader is back in the team', async () => {
  await insert('people', { _id: 't1:waits', tenantId: 't1', objectId: 'waits', waitsFor: ['leader:north'] });
  await insert('teams', { _id: 'north', enterpriseId: 'e1', organisationId: 'o1' });
  const membership = { teamId: 'north', isLeader: true, manual: true, mappingIds: ['m1'] };
  const left = { kind: 'leave', teamId: 'north', before: ['m1'], provenance: { membership } } as const;
  await aRun('left', [written('left', person('leads'), left)]);
  expect(await undo.run('e1', 'left', BY)).toMatchObject({ undone: 1 });
  expect(await database.store.collection('changes').findOne({ objectId: 'waits' })).toMatchObject({ via: 'manual' });
});

test('nobody is invited to a record that went again; messages about others stay', async () => {
  const facts = { firstName: 'Ana', lastName: null, mobilePhone: null, country: null, timeZone: null };
  const invited = person('invited');
  await aRun('invites', [
    written('invites', invited, { kind: 'create', after: { ...facts, email: invited.email } }),
    renamed('invites', 'stays'),
  ]);
  for (const userId of ['invited', 'stays'])
    await insert('outbox', { _id: `invitation:${userId}`, enterpriseId: 'e1', userId, state: 'waiting' });
  expect(await undo.run('e1', 'invites', BY)).toMatchObject({ undone: 2 });
  expect(await database.store.collection<{ _id: string }>('outbox').distinct('_id')).toEqual(['invitation:stays']);
});

test('E10: what is planned is cancelled with an archive that comes back, in the ledger as well', async () => {
  const activities = database.store.collection<ActivityRow>(ACTIVITIES);
  const scheduledStart = new Date(clock.now().getTime() + 3_600_000);
  await activities.insertOne(anActivity({ _id: 'planned', userId: 'restored', scheduledStart }));
  const provenance = { archivedReason: 'sync_disabled', archivedAt: clock.now() } as const;
  const restored = { kind: 'restore', before: 'archived', after: 'active', provenance } as const;
  await aRun('restores', [written('restores', person('restored', { status: 'active' }), restored)]);
  expect(await undo.run('e1', 'restores', BY)).toEqual({ undone: 1, people: 1, skipped: [] });
  expect(await activities.findOne({ _id: 'planned' })).toMatchObject({ status: 'cancelled' });
  const entries = await database.store.collection<LedgerRow>(LEDGER).find({ activityId: 'planned' }).toArray();
  expect(entries).toMatchObject([{ kind: 'activity_cancel', userId: 'restored', cause: { by: 'undo', ...BY } }]);
});

test('E10: whoever missed a start, alert or not, is neither archived nor taken out of a team nor deleted by an undo', async () => {
  const made = { firstName: 'Ana', lastName: null, mobilePhone: null, country: null, timeZone: null };
  const membership = { teamId: 'north', isLeader: false, manual: false, mappingIds: ['m1'] };
  const provenance = { archivedReason: 'sync_disabled', archivedAt: clock.now() } as const;
  const join = { kind: 'join', teamId: 'north', before: [], after: ['m1'], provenance: { membership: null } } as const;
  const missing = ['back', 'joined', 'new'];
  await aRun('missed', [
    written('missed', person('back', { status: 'active' }), { kind: 'restore', before: 'archived', provenance }),
    written('missed', person('joined', { status: 'active', memberships: [membership] }), join),
    written('missed', person('new'), { kind: 'create', after: { ...made, email: address('new') } }),
  ]);
  const scheduledStart = new Date(clock.nowMs() - 600_000);
  const calendar = { eventId: 'e', key: 'k' };
  const missed = missing.map((userId) =>
    anActivity({ _id: `missed by ${userId}`, userId, scheduledStart, source: 'entra_calendar', calendar }),
  );
  await database.store.collection<ActivityRow>(ACTIVITIES).insertMany(missed);
  const before = await everythingOf(missing);
  const { undone, skipped } = await undo.run('e1', 'missed', BY);
  expect({ undone, why: skipped.map(({ why }) => why) }).toEqual({ undone: 0, why: missing.map(() => IS_OUT) });
  expect(await everythingOf(missing)).toEqual(before);
});

async function everythingOf(ids: readonly string[]) {
  const { store } = database;
  const users = await store
    .collection<UserRow>(USERS)
    .find({ _id: { $in: [...ids] } })
    .toArray();
  const activities = await store
    .collection<ActivityRow>(ACTIVITIES)
    .find({ userId: { $in: [...ids] } })
    .toArray();
  return { users, activities };
}
