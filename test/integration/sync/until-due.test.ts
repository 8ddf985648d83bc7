import { randomUUID } from 'node:crypto';
import { createChanges } from '../../../src/changes/create-changes.js';
import type { ChangeKind } from '../../../src/changes/types.js';
import { INDEXES } from '../../../src/compose/indexes.js';
import { systemChance } from '../../../src/kernel/chance.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { CALENDARS } from '../../../src/mirror/calendars-store.js';
import { createCursors } from '../../../src/mirror/cursors.js';
import { PEOPLE } from '../../../src/mirror/types.js';
import { ensureIndexes } from '../../../src/store/indexes.js';
import { createUntilDue, type UntilDue } from '../../../src/sync/pacing/until-due.js';
import { openTestStore, type TestStore } from '../../support/database.js';

let test0: TestStore;
let untilDue: UntilDue;
let changes: ReturnType<typeof createChanges>;
const never = new AbortController().signal;
/** Longer than any of the looks pauses. */
const SOME_LOOKS_MS = 1_500;

beforeAll(async () => {
  test0 = await openTestStore();
  const { store } = test0;
  await ensureIndexes(store, INDEXES);
  changes = createChanges({ store, clock: systemClock, chance: systemChance });
  untilDue = createUntilDue({ store, changes, clock: systemClock });
});
afterAll(() => test0.drop());

const note = (kind: ChangeKind) => (tenantId: string, dueAt: Date) =>
  changes.note([{ tenantId, kind, objectId: randomUUID(), via: 'notification', notified: 1, dueAt }]);
const insert = (collection: string, row: (due: Date) => object) => async (tenantId: string, due: Date) => {
  await test0.store.db.collection(collection).insertOne({ tenantId, ...row(due) });
};

const KINDS: { of: keyof UntilDue; what: string; make(tenantId: string, due: Date): Promise<unknown> }[] = [
  { of: 'people', what: 'a changed person', make: note('user') },
  { of: 'groups', what: 'a changed group', make: note('group') },
  { of: 'calendars', what: 'a changed calendar', make: note('events') },
  { of: 'calendars', what: 'a calendar that is due by itself', make: insert(CALENDARS, (dueAt) => ({ dueAt })) },
  { of: 'lifecycle', what: 'a lifecycle event', make: note('subscription') },
  { of: 'looks', what: 'a look', make: insert(PEOPLE, (at) => ({ look: { at, index: 0 } })) },
  { of: 'mailboxes', what: 'mailbox settings', make: insert(PEOPLE, (mailboxDueAt) => ({ mailboxDueAt })) },
];

test.each(KINDS)('$what that is due ends the wait of its tenant, and of no other', async ({ of, make }) => {
  const [due, later, idle] = [randomUUID(), randomUUID(), randomUUID()];
  await make(due, new Date(Date.now() - 1_000));
  await make(later, new Date(Date.now() + 3_600_000));
  const waits = [due, later, idle].map((id) => untilDue[of](id, never, SOME_LOOKS_MS));
  expect(await Promise.all(waits)).toEqual([true, false, false]);
});

test('a catch-up that was asked for ends the wait, until its round has begun', async () => {
  const cursors = createCursors(test0);
  const [asked, begun, reading, never_] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const at = new Date();
  for (const tenantId of [asked, begun, reading]) await cursors.ask(tenantId, at);
  const pending = { round: 1, startedAt: at };
  await test0.store.transaction(async (session) => {
    for (const tenantId of [begun, reading]) await cursors.update(session, tenantId, { roundAt: at });
    await cursors.update(session, reading, { pending });
  });
  const waits = [asked, begun, reading, never_].map((id) => untilDue.rounds(id, never, SOME_LOOKS_MS));
  expect(await Promise.all(waits)).toEqual([true, false, true, false]);
});
