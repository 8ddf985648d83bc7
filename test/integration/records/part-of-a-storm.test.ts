import type { CalendarChange } from '../../../src/projection/calendar/types.js';
import { sortByDecision } from '../../../src/projection/verdicts/activity-decision.js';
import { hashOf, type Verdict } from '../../../src/projection/verdicts/decision.js';
import { ACTIVITIES, type ActivityRow } from '../../../src/records/activities/types.js';
import { DECISIONS, type DecisionRow, LEDGER, type LedgerRow } from '../../../src/records/types.js';
import { judgeCancellations } from '../../../src/sync/mailboxes/guard/judge-cancellations.js';
import { openTestStore, type TestStore } from '../../support/database.js';
import { anActivity, NOW } from '../../unit/records/an-activity.js';

let database: TestStore;
beforeAll(async () => {
  database = await openTestStore();
});
afterAll(() => database?.drop());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const before = (ms: number) => new Date(NOW.getTime() - ms);

const activity = (n: number, status: ActivityRow['status'] = 'scheduled'): ActivityRow =>
  anActivity({
    ...{ _id: `a${n}`, userId: `u${n}`, status, source: 'entra_calendar' },
    calendar: { eventId: `e${n}`, key: `k${n}` },
  });

const decision = (n: number, verdict: Verdict, at: Date): DecisionRow => ({
  ...{
    _id: `e1:o${n}:activity:k${n}`,
    enterpriseId: 'e1',
    objectId: `o${n}`,
    userId: `u${n}`,
    subject: `activity:k${n}`,
  },
  ...{ valueHash: hashOf({ cancelled: 'event_deleted' }), verdict, by: 'maia', at, until: null },
});

interface Storm {
  readonly decisions: readonly DecisionRow[];
  /** Cancelled by now, because somebody approved it. */
  readonly approved: readonly number[];
}

/** Twenty are scheduled, and calendars of ten people were emptied: what becomes of the tenth, read now. */
async function theTenth({ decisions, approved }: Storm): Promise<{ held: number; accepted: number }> {
  const { store } = database;
  for (const name of [DECISIONS, ACTIVITIES, LEDGER]) await store.db.collection(name).deleteMany({});
  const rows = Array.from({ length: 20 }, (_, n) => activity(n, approved.includes(n) ? 'cancelled' : 'scheduled'));
  await store.collection<ActivityRow>(ACTIVITIES).insertMany(rows);
  if (decisions.length > 0) await store.collection<DecisionRow>(DECISIONS).insertMany([...decisions]);
  const common = {
    enterpriseId: 'e1',
    taking: 'cancellation' as const,
    approved: true as const,
    at: before(MINUTE_MS),
  };
  const entries = approved.map((n) => ({ _id: `l${n}`, activityId: `a${n}`, ...common }) as LedgerRow);
  if (entries.length > 0) await store.collection<LedgerRow>(LEDGER).insertMany(entries);
  const change = { kind: 'activity_cancel', activity: { id: 'a9', key: 'k9' }, reason: 'event_deleted', why: '' };
  const own = decisions.filter(({ objectId }) => objectId === 'o9');
  const decided = sortByDecision([change as unknown as CalendarChange], own);
  const request = { enterpriseId: 'e1', objectId: 'o9', decided, brakePercent: 25, now: NOW };
  const judged = await judgeCancellations(store, request);
  return { held: judged.held.length, accepted: judged.accepted.length };
}

const nine = Array.from({ length: 9 }, (_, n) => n);
const HELD = { held: 1, accepted: 0 };
const GOES = { held: 0, accepted: 1 };

test.each(['held', 'refused'] as const)('a cancellation is held with nine others that are %s', async (verdict) => {
  const decisions = nine.map((n) => decision(n, verdict, before(MINUTE_MS)));
  expect(await theTenth({ decisions, approved: [] })).toEqual(HELD);
});

test('what was refused two days ago does not count for what nobody holds', async () => {
  const decisions = nine.map((n) => decision(n, 'refused', before(48 * HOUR_MS)));
  expect(await theTenth({ decisions, approved: [] })).toEqual(GOES);
});

test('a cancellation that is held stays so when the others of its storm are approved or refused, however long ago', async () => {
  const waiting = decision(9, 'held', before(72 * HOUR_MS));
  expect(await theTenth({ decisions: [waiting], approved: nine })).toEqual(HELD);
  const refused = nine.map((n) => decision(n, 'refused', before(48 * HOUR_MS)));
  expect(await theTenth({ decisions: [waiting, ...refused], approved: [] })).toEqual(HELD);
});

test('approved ones do not count for what comes later, and what is held goes once the others are put right', async () => {
  expect(await theTenth({ decisions: [], approved: nine })).toEqual(GOES);
  expect(await theTenth({ decisions: [decision(9, 'held', before(HOUR_MS))], approved: [] })).toEqual(GOES);
});
