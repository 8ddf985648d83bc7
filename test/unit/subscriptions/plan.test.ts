import { EVENT_ATTRIBUTES } from '../../../src/graph/graph-event.js';
import type { GraphSubscription } from '../../../src/graph/types.js';
import { createSeededRandom } from '../../../src/simulator/world/seeded-random.js';
import { planSubscriptions, renewAtOf } from '../../../src/subscriptions/plan.js';
import type { SubscriptionRow } from '../../../src/subscriptions/types.js';

const NOW = new Date('2026-11-23T00:00:00Z');
const URL_OF_OURS = 'https://ours.example/graph/notifications';
const inMs = (ms: number) => new Date(NOW.getTime() + ms);
const DAY = 86_400_000;

function aRow(change: Partial<SubscriptionRow> = {}): SubscriptionRow {
  return {
    _id: 'row',
    tenantId: 't',
    kind: 'users',
    resource: 'users',
    subscriptionId: 's1',
    state: 'active',
    notificationUrl: URL_OF_OURS,
    keyId: 'abcd',
    nonce: 'n',
    expiresAt: inMs(28 * DAY),
    renewAt: inMs(14 * DAY),
    lastNotificationAt: null,
    renewedAt: null,
    attempts: 0,
    nextTryAt: null,
    problem: null,
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  };
}

function aListed(change: Partial<GraphSubscription> = {}): GraphSubscription {
  return {
    id: 's1',
    resource: 'users',
    changeType: 'updated,deleted',
    notificationUrl: URL_OF_OURS,
    lifecycleNotificationUrl: null,
    expiresAt: inMs(28 * DAY),
    applicationId: null,
    certificateId: null,
    ...change,
  };
}

function plan(rows: SubscriptionRow[], listed: GraphSubscription[] | null, resources = ['users']) {
  const desired = resources.map((resource) => ({ kind: 'users' as const, resource }));
  return planSubscriptions({
    desired,
    rows,
    listed,
    notificationUrl: URL_OF_OURS,
    keyId: 'abcd',
    rich: false,
    now: NOW,
  });
}

const acts = (actions: ReturnType<typeof plan>) => actions.map(({ act }) => act);

test('what is missing is created and what is not wanted is deleted', () => {
  expect(acts(plan([], []))).toEqual(['create']);
  expect(acts(plan([aRow()], [aListed()], []))).toEqual(['delete']);
});

test('a subscription that is as it should be is left alone', () => {
  expect(plan([aRow()], [aListed()])).toEqual([]);
});

test('one whose time has come is renewed', () => {
  expect(acts(plan([aRow({ renewAt: inMs(-1) })], null))).toEqual(['renew']);
});

test('one that Graph does not list is asked for by its id before it counts as gone', () => {
  expect(acts(plan([aRow()], []))).toEqual(['check']);
});

test('one that ends at another time than was granted is looked at', () => {
  expect(acts(plan([aRow()], [aListed({ expiresAt: inMs(600_000) })]))).toEqual(['check']);
});

test('one that is gone is made anew', () => {
  expect(acts(plan([aRow({ state: 'gone', subscriptionId: null })], null))).toEqual(['create']);
});

test('a stray under our own address is deleted first, one under another address is never touched', () => {
  const stray = aListed({ id: 's9' });
  const foreign = aListed({ id: 's8', notificationUrl: 'https://theirs.example/x' });
  expect(plan([aRow()], [aListed(), stray, foreign])).toEqual([{ act: 'delete_stray', subscriptionId: 's9' }]);
});

test('a creation whose answer was lost is adopted when Graph lists it, and repeated when not', () => {
  const lost = aRow({ state: 'creating', subscriptionId: null, updatedAt: inMs(-120_000) });
  expect(acts(plan([lost], [aListed({ id: 's9', resource: '/Users' })]))).toContain('adopt');
  expect(acts(plan([lost], []))).toEqual(['create']);
  expect(plan([{ ...lost, updatedAt: NOW }], [])).toEqual([]);
});

test('a failed action waits for its next try', () => {
  expect(plan([aRow({ state: 'gone', nextTryAt: inMs(1_000) })], null)).toEqual([]);
});

test('another public address makes the subscription anew', () => {
  expect(acts(plan([aRow({ notificationUrl: 'https://old.example' })], null))).toEqual(['create']);
});

test('renewal lies between half and six tenths of the life that was granted', () => {
  expect(renewAtOf(NOW, inMs(100), () => 0)).toEqual(inMs(50));
  expect(renewAtOf(NOW, inMs(100), () => 1)).toEqual(inMs(60));
});

test('one signed with a secret of the past is hurried, and made anew when its time has come', () => {
  expect(acts(plan([aRow({ keyId: 'old1' })], null))).toEqual(['hurry']);
  expect(plan([aRow({ keyId: 'old1', renewAt: inMs(DAY / 2) })], null)).toEqual([]);
  expect(acts(plan([aRow({ keyId: 'old1', renewAt: inMs(-1) })], null))).toEqual(['create']);
});

test('a deletion that failed waits for its next try too', () => {
  expect(plan([aRow({ nextTryAt: inMs(1_000) })], null, [])).toEqual([]);
});

test('a creation without an answer is adopted as soon as Graph lists it', () => {
  const lost = aRow({ state: 'creating', subscriptionId: null });
  const found = aListed({ id: 's9' });
  expect(plan([lost], [found])).toEqual([{ act: 'adopt', row: lost, found }]);
});

test('a creation that Graph put off is made at its next try, but adopted before where Graph lists it after all', () => {
  const times = { updatedAt: inMs(-120_000), nextTryAt: inMs(1_000) };
  const putOff = aRow({ state: 'creating', subscriptionId: null, ...times });
  expect(plan([putOff], [])).toEqual([]);
  expect(acts(plan([putOff], [aListed({ id: 's9' })]))).toEqual(['adopt']);
  expect(acts(plan([{ ...putOff, nextTryAt: NOW }], []))).toEqual(['create']);
});

describe('notifications that carry the event', () => {
  const RESOURCE = 'users/aaaaaaaa-1111-4000-8000-000000000001/events';
  const desired = [{ kind: 'events', resource: RESOURCE } as const];
  const inDay = { expiresAt: inMs(DAY), renewAt: inMs(DAY / 2) };
  const aCalendar = (change: Partial<SubscriptionRow>) => aRow({ kind: 'events', resource: RESOURCE, ...change });
  const planOf = (row: SubscriptionRow, rich: boolean, listed: GraphSubscription[] | null = null) =>
    planSubscriptions({ desired, rows: [row], listed, notificationUrl: URL_OF_OURS, keyId: 'abcd', rich, now: NOW });

  test('switched on, a plain one is hurried and made anew when its time has come; directory ones stay', () => {
    expect(acts(planOf(aCalendar({}), true))).toEqual(['hurry']);
    expect(acts(planOf(aCalendar({ renewAt: NOW }), true))).toEqual(['create']);
    const users = { desired: [{ kind: 'users', resource: 'users' } as const], rows: [aRow()], listed: null };
    const rest = { notificationUrl: URL_OF_OURS, keyId: 'abcd', rich: true, now: NOW };
    expect(planSubscriptions({ ...users, ...rest })).toEqual([]);
  });

  test('switched off, one with the event is made anew at its next renewal', () => {
    expect(planOf(aCalendar({ ...inDay, certificateId: 'c' }), false)).toEqual([]);
    expect(acts(planOf(aCalendar({ ...inDay, renewAt: NOW, certificateId: 'c' }), false))).toEqual(['create']);
  });

  test('one for an older certificate is renewed like any other, at a moment of its own', () => {
    expect(planOf(aCalendar({ ...inDay, certificateId: 'old' }), true)).toEqual([]);
    expect(acts(planOf(aCalendar({ ...inDay, renewAt: NOW, certificateId: 'old' }), true))).toEqual(['renew']);
  });

  test('a creation without an answer is found by what it selects, and a plain one in its place is a stray', () => {
    const row = aCalendar({ state: 'creating', subscriptionId: null, certificateId: 'c' });
    const selecting = `${RESOURCE}?$select=${EVENT_ATTRIBUTES.join(',')}`;
    expect(acts(planOf(row, true, [aListed({ id: 's9', resource: selecting })]))).toEqual(['adopt']);
    expect(acts(planOf(row, true, [aListed({ id: 's9', resource: RESOURCE })]))).toEqual(['delete_stray']);
  });
});

test('however many were granted at one moment, no minute has to renew more than its share', () => {
  const random = createSeededRandom(7);
  const now = new Date('2026-11-02T08:00:00.000Z');
  const expiresAt = new Date(now.getTime() + 10_040 * 60_000);
  const minutes = new Map<number, number>();
  for (let index = 0; index < 50_000; index += 1) {
    const minute = Math.floor(renewAtOf(now, expiresAt, () => random.next()).getTime() / 60_000);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  const share = 50_000 / 1_004;
  expect(minutes.size).toBeGreaterThan(1_000);
  expect(Math.max(...minutes.values())).toBeLessThan(2 * share);
});

test('between the first try and the end of the shortest life there is time for many tries', () => {
  const now = new Date('2026-11-02T08:00:00.000Z');
  const expiresAt = new Date(now.getTime() + (1_440 - 30) * 60_000);
  const latest = renewAtOf(now, expiresAt, () => 1);
  // Tries lie half an hour apart at the most.
  expect((expiresAt.getTime() - latest.getTime()) / (30 * 60_000)).toBeGreaterThan(15);
});
