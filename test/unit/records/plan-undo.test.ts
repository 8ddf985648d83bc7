import { hashOf } from '../../../src/projection/verdicts/decision.js';
import { cancelled as cancelledAs, removed } from '../../../src/records/activities/activity-acts.js';
import { IS_OUT } from '../../../src/records/activities/leavers.js';
import type { ActivityRow, CancelledReason } from '../../../src/records/activities/types.js';
import type { LedgerRow, UserRow } from '../../../src/records/types.js';
import { planUndo } from '../../../src/records/undo/plan-undo.js';
import type { UndoQuestion } from '../../../src/records/undo/types.js';
import { anActivity, NOW } from './an-activity.js';

const now = new Date('2026-11-01T00:00:00Z');

function aUser(user: Partial<UserRow> = {}): UserRow {
  return {
    _id: 'u1',
    enterpriseId: 'e1',
    organisationId: 'o1',
    status: 'active',
    archivedReason: null,
    archivedAt: null,
    origin: 'entra',
    isAccountAdmin: false,
    email: 'anna@kiwi.test',
    emailKey: 'anna@kiwi.test',
    formerEmailKey: null,
    firstName: 'Anna',
    lastName: null,
    mobilePhone: null,
    country: null,
    timeZone: null,
    memberships: [],
    entra: { tenantId: 't1', objectId: 'a1', linkedBy: 'sync', linkedAt: now, lastSynced: { firstName: 'Anna' } },
    createdAt: now,
    updatedAt: now,
    ...user,
  };
}

let ids = 0;
function anEntry(entry: Partial<LedgerRow>): LedgerRow {
  ids += 1;
  return {
    _id: `l${ids}`,
    enterpriseId: 'e1',
    userId: 'u1',
    objectId: 'a1',
    at: now,
    kind: 'update',
    field: null,
    teamId: null,
    before: null,
    after: null,
    why: '',
    cause: { by: 'run', traceId: null, runId: 'r1', graphRequestId: null },
    taking: null,
    ...entry,
  };
}

function undo(user: UserRow | null, entries: LedgerRow[], question: Partial<UndoQuestion> = {}) {
  const nothing = { isOut: false, takenEmailKeys: new Set<string>(), activities: new Map() };
  const organisationOf = new Map([
    ['t1', 'o1'],
    ['elsewhere', 'o2'],
  ]);
  return planUndo({ user, entries, organisationOf, ...nothing, now, ...question });
}

test('a value comes back with what Entra had given before, and the new one is declined', () => {
  const entry = anEntry({ field: 'firstName', before: 'Ann', after: 'Anna', provenance: { lastSynced: 'Ann' } });
  const plan = undo(aUser(), [entry]);
  expect(plan.user).toMatchObject({ firstName: 'Ann', entra: { lastSynced: { firstName: 'Ann' } } });
  expect(plan.declined).toEqual([{ subject: 'field:firstName', valueHash: hashOf('Anna') }]);
  expect(plan.entries).toMatchObject([{ undoes: entry._id, before: 'Anna', after: 'Ann' }]);
});

test('a value that somebody had typed is theirs again, so that a blank source does not clear it later', () => {
  const plan = undo(aUser(), [anEntry({ field: 'firstName', before: 'Nan', after: 'Anna' })]);
  expect(plan.user?.entra?.lastSynced).toEqual({});
});

test('what has changed since stays and is listed', () => {
  const plan = undo(aUser({ firstName: 'Nancy' }), [anEntry({ field: 'firstName', before: 'Ann', after: 'Anna' })]);
  expect(plan).toMatchObject({ entries: [], declined: [], skipped: [{ why: 'It has changed since.' }] });
  expect(plan.user?.firstName).toBe('Nancy');
});

test('of several writes the newest is declined, and the oldest value comes back', () => {
  const older = anEntry({ field: 'firstName', before: 'A', after: 'B', at: new Date(now.getTime() - 1_000) });
  const newer = anEntry({ field: 'firstName', before: 'B', after: 'Anna' });
  const plan = undo(aUser(), [older, newer]);
  expect(plan.user?.firstName).toBe('A');
  expect(plan.declined).toEqual([{ subject: 'field:firstName', valueHash: hashOf('Anna') }]);
});

test('a leader who was taken out of a team leads it again', () => {
  const membership = { teamId: 't1', isLeader: true, manual: false, mappingIds: ['m1'] };
  const plan = undo(aUser(), [anEntry({ kind: 'leave', teamId: 't1', before: ['m1'], provenance: { membership } })]);
  expect(plan.user?.memberships).toEqual([membership]);
  expect(plan.declined).toEqual([{ subject: 'team:t1', valueHash: hashOf([]) }]);
});

test.each([
  ['made leader since', { teamId: 't1', isLeader: true, manual: false, mappingIds: ['m1'] }],
  ['put there by hand since', { teamId: 't1', isLeader: false, manual: true, mappingIds: ['m1'] }],
  ['justified by another group since', { teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1', 'm2'] }],
])('a team is not taken away from somebody who was %s', (_name, membership) => {
  const entry = anEntry({ kind: 'join', teamId: 't1', before: [], after: ['m1'], provenance: { membership: null } });
  const plan = undo(aUser({ memberships: [membership] }), [entry]);
  expect(plan.skipped).toHaveLength(1);
  expect(plan.user?.memberships).toEqual([membership]);
});

test('E10: nobody is taken out of a team while they are in the field: alerts go to its leaders', () => {
  const membership = { teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1'] };
  const entry = anEntry({ kind: 'join', teamId: 't1', before: [], after: ['m1'], provenance: { membership: null } });
  const user = aUser({ memberships: [membership] });
  const plan = undo(user, [entry], { isOut: true });
  expect(plan).toMatchObject({ entries: [], declined: [], skipped: [{ why: IS_OUT }] });
  expect(plan.user?.memberships).toEqual([membership]);
  // A membership that had another reason before stays one: it can be put back at any time.
  const former = { ...membership, mappingIds: ['m0'] };
  const other = { ...entry, before: ['m0'], provenance: { membership: former } };
  expect(undo(user, [other], { isOut: true }).user?.memberships).toEqual([former]);
  expect(undo(user, [entry]).user?.memberships).toEqual([]);
});

test.each([
  ['is gone', 'gone', 'does not exist'],
  ['belongs to the organisation that they were moved away from', 'elsewhere', 'was moved'],
])('E4: nobody is put back into a team that %s', (_, teamId, why) => {
  const membership = { teamId, isLeader: true, manual: false, mappingIds: ['m1'] };
  const plan = undo(aUser(), [anEntry({ kind: 'leave', teamId, before: ['m1'], provenance: { membership } })]);
  expect(plan).toMatchObject({ entries: [], declined: [], user: { memberships: [] } });
  expect(plan.skipped).toMatchObject([{ why: expect.stringContaining(why) }]);
});

test('an archived person is back with address and status, unless the address is in use by now', () => {
  const { emailKey: _key, ...rest } = aUser();
  const archived: UserRow = {
    ...rest,
    ...{ status: 'archived', archivedReason: 'sync_disabled', archivedAt: now, formerEmailKey: 'anna@kiwi.test' },
  };
  const entry = anEntry({ kind: 'archive', before: 'invited', after: 'sync_disabled' });
  expect(undo(archived, [entry]).user).toMatchObject({ status: 'invited', emailKey: 'anna@kiwi.test' });
  const taken = undo(archived, [entry], { takenEmailKeys: new Set(['anna@kiwi.test']) });
  expect(taken).toMatchObject({ user: { status: 'archived' }, entries: [], skipped: [{ why: expect.any(String) }] });
  const byAdmin = undo({ ...archived, archivedReason: 'admin' }, [entry]);
  expect(byAdmin.skipped).toHaveLength(1);
  // Restored, used and archived again since: nobody is invited to what they use.
  expect(undo({ ...archived, statusBeforeArchive: 'active' }, [entry]).user?.status).toBe('active');
});

test('a restored person is archived again only while nobody depends on them', () => {
  const entry = anEntry({ kind: 'restore', before: 'archived', provenance: { archivedReason: 'sync_deleted' } });
  expect(undo(aUser(), [entry]).user).toMatchObject({ status: 'archived', archivedReason: 'sync_deleted' });
  expect(undo(aUser(), [entry], { isOut: true })).toMatchObject({
    user: { status: 'active' },
    skipped: [{ why: IS_OUT }],
  });
  const leads = [{ teamId: 't1', isLeader: true, manual: true, mappingIds: [] }];
  expect(undo(aUser({ memberships: leads }), [entry]).user?.status).toBe('active');
  expect(undo(aUser({ isAccountAdmin: true }), [entry])).toMatchObject({
    ...{ user: { status: 'active' }, entries: [], skipped: [{ why: expect.stringContaining('administrator') }] },
  });
});

test('E10: what somebody has planned is cancelled when they are archived again, past and begun ones are not', () => {
  const entry = anEntry({ kind: 'restore', before: 'archived', provenance: { archivedReason: 'sync_deleted' } });
  const [soon, past] = [new Date(now.getTime() + 1), new Date(now.getTime() - 1)];
  const activities = new Map([
    ['soon', anActivity({ _id: 'soon', scheduledStart: soon })],
    ['past', anActivity({ _id: 'past', scheduledStart: past })],
    ['over', anActivity({ _id: 'over', status: 'finished', scheduledStart: soon })],
  ]);
  const plan = undo(aUser(), [entry], { activities });
  expect(plan.user?.status).toBe('archived');
  expect(plan.activities).toMatchObject([{ _id: 'soon', status: 'cancelled', cancelledReason: 'person_archived' }]);
  expect(plan.besides).toMatchObject([
    {
      ...{ kind: 'activity_cancel', activityId: 'soon' },
      before: { status: 'scheduled', cancelledReason: null },
      after: { status: 'cancelled', cancelledReason: 'person_archived' },
    },
  ]);
  expect(plan.entries).toMatchObject([{ kind: 'archive', undoes: entry._id }]);
});

/** What the ledger says of the only activity, which was cancelled with its person's archive. */
const CANCEL: Partial<LedgerRow> = {
  ...{ kind: 'activity_cancel', activityId: 'x' },
  before: { status: 'scheduled', cancelledReason: null },
  after: { status: 'cancelled', cancelledReason: 'person_archived' },
};

test('E10: what one step back plans again the next one cancels, so that nothing is planned for an archived person', () => {
  const earlier = new Date(now.getTime() - 1_000);
  const { emailKey: _key, ...rest } = aUser();
  const archived: UserRow = { ...rest, status: 'archived', archivedReason: 'sync_disabled', archivedAt: now };
  const scheduledStart = new Date(now.getTime() + 3_600_000);
  const x = anActivity({ _id: 'x', status: 'cancelled', cancelledReason: 'person_archived', scheduledStart });
  const entries = [
    anEntry({ kind: 'restore', before: 'archived', at: earlier, provenance: { archivedReason: 'sync_deleted' } }),
    anEntry({ kind: 'archive', before: 'active', after: 'sync_disabled' }),
    anEntry(CANCEL),
  ];
  const plan = undo(archived, entries, { activities: new Map([['x', x]]) });
  expect(plan).toMatchObject({ user: { status: 'archived' }, activities: [{ _id: 'x', status: 'cancelled' }] });
});

const made = {
  ...{ firstName: 'Anna', lastName: null, email: 'anna@kiwi.test' },
  ...{ mobilePhone: null, country: null, timeZone: null },
};

test('a record that the sync made goes with its teams, and only the coming in is declined', () => {
  const join = anEntry({ kind: 'join', teamId: 't1', before: [], after: ['m1'] });
  const create = anEntry({ kind: 'create', after: made });
  const memberships = [{ teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1'] }];
  const plan = undo(aUser({ status: 'invited', memberships }), [create, join]);
  expect(plan.user).toBeNull();
  expect(plan.entries.map(({ kind }) => kind)).toEqual(['leave', 'remove']);
  expect(plan.declined).toEqual([{ subject: 'create', valueHash: hashOf('o1') }]);
});

/** The only activity, from an event. */
function calendarActivity(activity: Partial<ActivityRow>, isDetached = false): Partial<UndoQuestion> {
  const calendar = { eventId: 'e', key: 'k', ...(isDetached ? { detached: true as const } : {}) };
  return { activities: new Map([['x', anActivity({ _id: 'x', source: 'entra_calendar', calendar, ...activity })]]) };
}

test('with a record goes what its calendar planned, and the ledger says so', () => {
  const create = anEntry({ kind: 'create', after: made });
  const plan = undo(aUser({ status: 'invited' }), [create], calendarActivity({ status: 'scheduled' }));
  expect(plan).toMatchObject({ user: null, entries: [{ kind: 'remove' }], skipped: [] });
  expect(plan.besides).toMatchObject([{ kind: 'activity_cancel', activityId: 'x' }]);
});

test('an activity goes back to its former time, and keeps the name that its event has now', () => {
  const [was, is] = [new Date(now.getTime() + 3_600_000), new Date(now.getTime() + 7_200_000)];
  const [old, current] = [
    { eventId: 'e', key: 'old' },
    { eventId: 'e', key: 'k' },
  ];
  const times = { scheduledStart: is, scheduledFinish: new Date(is.getTime() + 3_600_000) };
  const moved = anEntry({
    ...{ kind: 'activity_update', activityId: 'x' },
    ...{ before: { scheduledStart: was, calendar: old }, after: { scheduledStart: is, calendar: current } },
  });
  const plan = undo(aUser(), [moved], calendarActivity(times));
  expect(plan.activities).toMatchObject([{ _id: 'x', scheduledStart: was, calendar: current }]);
  const renamed = anEntry({ kind: 'activity_update', activityId: 'x', before: { calendar: old }, after: {} });
  expect(undo(aUser(), [renamed], calendarActivity(times))).toMatchObject({
    ...{ activities: [], skipped: [{ why: 'The event only has another name at Graph.' }] },
  });
});

test.each<[string, Partial<UserRow>, Partial<UndoQuestion>]>([
  ['uses GetHomeSafe already', { status: 'active' }, {}],
  ['has activities', { status: 'invited' }, { activities: new Map([['x', anActivity({ _id: 'x' })]]) }],
  ['is on one that the calendar planned', { status: 'invited' }, calendarActivity({ status: 'active', open: true })],
  ['deleted one that the calendar planned', { status: 'invited' }, calendarActivity({ status: 'cancelled' }, true)],
  ['was edited since', { status: 'invited', lastName: 'Aroha' }, {}],
  ['was moved to another organisation', { status: 'invited', organisationId: 'o2' }, {}],
  ['was made an administrator', { status: 'invited', isAccountAdmin: true }, {}],
])('a record stays whose person %s', (_name, user, question) => {
  const create = anEntry({ kind: 'create', after: made, provenance: { organisationId: 'o1' } });
  const plan = undo(aUser(user), [create], question);
  expect(plan).toMatchObject({ entries: [], skipped: [{ why: expect.any(String) }] });
  expect(plan.user).not.toBeNull();
});

describe('what was cancelled with an archive', () => {
  const { emailKey: _key, ...rest } = aUser();
  const archived: UserRow = { ...rest, status: 'archived', archivedReason: 'sync_disabled', archivedAt: now };
  const archive = anEntry({ kind: 'archive', before: 'active', after: 'sync_disabled' });
  const cancel = anEntry(CANCEL);
  const cancelled = (scheduledStart: Date) =>
    new Map([['x', anActivity({ _id: 'x', status: 'cancelled', cancelledReason: 'person_archived', scheduledStart })]]);
  const soon = new Date(now.getTime() + 3_600_000);

  test('is planned again with the person, as long as it is still to come', () => {
    const plan = undo(archived, [cancel, archive], { activities: cancelled(soon) });
    expect(plan.activities).toMatchObject([{ _id: 'x', status: 'scheduled', cancelledReason: null }]);
    expect(plan.entries).toMatchObject([
      { kind: 'restore' },
      {
        ...{ kind: 'activity_update', activityId: 'x', undoes: cancel._id },
        // What differs, as in every other entry about an activity, so that the ledger can be read forwards.
        before: { status: 'cancelled', cancelledReason: 'person_archived' },
        after: { status: 'scheduled', cancelledReason: null },
      },
    ]);
    const late = undo(archived, [cancel, archive], { activities: cancelled(now) });
    expect(late).toMatchObject({ activities: [], user: { status: 'active' }, skipped: [{ why: expect.any(String) }] });
  });

  const planned = anActivity({ _id: 'x', source: 'entra_calendar', calendar: { eventId: 'e', key: 'k' } });
  const gone = (activity: ActivityRow, reason: CancelledReason) =>
    cancelledAs(activity, { reason, why: 'a test', now: NOW });

  test.each([
    ['E50: deleted by hand', removed(planned, NOW).activity],
    ['cancelled for another reason', gone(planned, 'event_deleted').activity],
  ])('stays cancelled where it came back and was %s since', (_, activity) => {
    const plan = undo(aUser(), [cancel], { activities: new Map([['x', activity]]) });
    expect(plan).toMatchObject({ activities: [], entries: [], declined: [] });
    expect(plan.skipped).toMatchObject([{ why: 'The activity has changed since.' }]);
  });

  test('E57: waits for approval again where it did so before', () => {
    const { activity, entry } = gone({ ...planned, status: 'awaiting_approval' }, 'person_archived');
    const plan = undo(aUser(), [anEntry(entry)], { activities: new Map([['x', activity]]), now: NOW });
    expect(plan.activities).toMatchObject([{ status: 'awaiting_approval', cancelledReason: null }]);
  });

  test('stays cancelled while the person stays archived', () => {
    const taken = new Set(['anna@kiwi.test']);
    const plan = undo(archived, [cancel, archive], { activities: cancelled(soon), takenEmailKeys: taken });
    expect(plan).toMatchObject({ activities: [], entries: [], user: { status: 'archived' } });
  });
});

test('a record that stays keeps the team that it was made with: nothing is half undone', () => {
  const join = anEntry({ kind: 'join', teamId: 't1', before: [], after: ['m1'] });
  const create = anEntry({ kind: 'create', after: made });
  const memberships = [{ teamId: 't1', isLeader: false, manual: false, mappingIds: ['m1'] }];
  const plan = undo(aUser({ status: 'active', memberships }), [create, join]);
  expect(plan.user?.memberships).toEqual(memberships);
  expect(plan).toMatchObject({ entries: [], declined: [] });
  expect(plan.skipped.map(({ entry }) => entry.kind)).toEqual(['create', 'join']);
  // And says what to do about it.
  const missing = undo(aUser({ status: 'invited', memberships }), [create, join], {
    ...calendarActivity({}),
    isOut: true,
  });
  expect(missing).toMatchObject({ user: { memberships }, skipped: [{ why: IS_OUT }, { why: IS_OUT }] });
});
